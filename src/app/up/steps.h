/* What the steps of `up` share. */
#ifndef APP_UP_STEPS_H
#define APP_UP_STEPS_H

#include "app/up/up.h"
#include "artifacts/dist.h"
#include "attach/session.h"
#include "kernel/facts/facts.h"
#include "kernel/plan/plan.h"
#include "up/journal.h"
#include "usbip/select.h"

/* A device that is to be attached. */
struct ud_up_target {
    struct ud_usbip_selector selector;
    bool by_busid;                 /* else by its ids */
    const char *named;             /* borrowed, as the user wrote it */
    bool attached;                 /* now */
    bool already;                  /* before this run */
    bool has_module;               /* the VM has one whose aliases fit */
    struct ud_usbip_device device; /* as the server lists it; zeroed if already attached */
    struct ud_attached now;        /* in the VM, if attached */
};

struct ud_up {
    struct ud_app app; /* the caller's, with a watch that writes the journal */
    struct ud_insert_watch watch;
    const struct ud_up_options *options;
    struct ud_up_result *result;
    struct ud_attach_session session;
    struct ud_attach_server server;
    struct ud_device_report seen; /* on the ports, at the last look */
    bool vhci;                    /* the kernel has it, at the last look */
    struct ud_listing listing;    /* of the server; empty unless it was asked */
    struct ud_strv chosen;        /* the busid that was chosen */
    struct ud_up_target *targets;
    size_t count;
    struct ud_facts facts; /* from before anything was done */
    struct ud_plan plan;
    char *modules; /* where they are, for load and attach */
    struct ud_dist dist;
    bool has_dist; /* and it fits the kernel */
    struct ud_journal journal;
    struct ud_strv noted; /* the modules of it that the last insertion brought there */
    struct ud_strv asked; /* devices for which the sources were asked in this run */
    bool asked_in_vain;   /* that failed: it would again */
};

/* ---- targets.c ---- */

/* What the user named, before anything is asked. UD_ERR_USAGE. */
UD_MUST_CHECK enum ud_code ud_up_read_targets(struct ud_up *up, struct ud_error *err);

/* Looks at the ports, and takes from there how the targets are now. first: those that are
 * attached already are known by it. */
UD_MUST_CHECK enum ud_code ud_up_look(struct ud_up *up, bool first, struct ud_error *err);

/* Finds the others in the server's list, and lets the user choose if none is named. */
UD_MUST_CHECK enum ud_code ud_up_find_targets(struct ud_up *up, struct ud_error *err);

void ud_up_targets_done(struct ud_up *up);

/* ---- need.c ---- */

/* Reads what is in the folder of modules, if it fits the kernel. */
void ud_up_read_dist(struct ud_up *up);

/* Whether USB/IP itself, or a driver that the user named, has to be built. */
bool ud_up_lacks_modules(const struct ud_up *up);

/* The devices for which a driver has to be asked of the sources before they are attached:
 * "VID:PID" or "VID:PID:CLASS". all: also those whose interfaces the server does not tell. */
void ud_up_lacks_drivers(const struct ud_up *up, bool all, struct ud_strv *ret);

/* The same for interfaces of attached devices that have no driver, but for what was tried or
 * asked. */
void ud_up_lacks_late(const struct ud_up *up, struct ud_strv *ret);

/* Notes in the journal those that were asked for and have no driver all the same. */
void ud_up_note_tried(struct ud_up *up);

/* Whether the folder of modules holds a driver that is not loaded. */
bool ud_up_has_unloaded(const struct ud_up *up);

/* Whether one of them is for a device that has an interface without driver. */
bool ud_up_has_late(const struct ud_up *up);

/* Builds for these devices, with what the user named and what was built before. */
UD_MUST_CHECK enum ud_code ud_up_build(struct ud_up *up, const struct ud_strv *devices,
                                       struct ud_error *err);

#endif
