/* What the use cases of this room share: a connection to the VM's engine, and runs of the
 * helper that answer with facts, results and blobs. */
#ifndef APP_ATTACH_SESSION_H
#define APP_ATTACH_SESSION_H

#include "app/engine/context.h"
#include "app/engine/roles.h"
#include "docker/engine/engine.h"
#include "proto/device_report.h"
#include "proto/record.h"
#include "usbip/device.h"
#include "usbip/select.h"
#include "usbip/server.h"
#include "util/error.h"
#include "util/strv.h"
#include "vm/facts_fill.h"

struct ud_attach_session {
    const struct ud_app *app;
    struct ud_connection vm;
    struct ud_engine_info engine;
    char *image; /* of the helper */
};

/* Connects, sweeps, has the helper's image. Call _done on failure too. */
UD_MUST_CHECK enum ud_code ud_attach_session_begin(const struct ud_app *app,
                                                   const struct ud_engine_choice *choice,
                                                   struct ud_attach_session *ret,
                                                   struct ud_error *err);
void ud_attach_session_done(struct ud_attach_session *session);

/* UD_ERR_DENIED or UD_ERR_USAGE where the kernel may not be touched. */
UD_MUST_CHECK enum ud_code ud_attach_session_check_kernel(const struct ud_attach_session *session,
                                                          bool native, struct ud_error *err);

/* What one run answered. */
struct ud_attach_answer {
    struct ud_facts_fill facts;
    struct ud_strv results; /* "NAME VERDICT TEXT", a line each */
    struct ud_strv klog;
};

void ud_attach_answer_done(struct ud_attach_answer *answer);

/* Adds a record of the helper's: warnings and the kernel's lines are reported, too. */
UD_MUST_CHECK enum ud_code ud_attach_answer_take(struct ud_attach_answer *answer,
                                                 const struct ud_report *report,
                                                 const struct ud_record *record,
                                                 struct ud_error *err);

/* Adds to the error of a run the kernel's own words, and what the helper knows to do about it. */
void ud_attach_answer_explain(const struct ud_attach_answer *answer, struct ud_error *err);

/* The devices that a hardware id means, "VID:PID" or "VID:PID:SERIAL". UD_ERR_USAGE. */
UD_MUST_CHECK enum ud_code ud_attach_hardware_id(const char *text, struct ud_usbip_selector *ret,
                                                 struct ud_error *err);

/* Whether such a device is one of these. */
bool ud_attach_has_ids(const struct ud_reported_device *device,
                       const struct ud_usbip_selector *selector);

/* The modaliases of what has no driver, each once: interfaces, and what drivers found. Replaces
 * what the lists had. */
void ud_attach_list_lacking(const struct ud_reported_device *device, struct ud_strv *interfaces,
                            struct ud_strv *children);

/* The arguments of attach, keep, tunnel and settle that say what nodes become. */
void ud_attach_add_access(const char *mode, const char *group, struct ud_strv *args);

/* Runs the helper; *ret is filled on failure too, as far as it came. Release it either way. */
UD_MUST_CHECK enum ud_code ud_attach_ask(const struct ud_attach_session *session, enum ud_role role,
                                         const struct ud_strv *args, struct ud_attach_answer *ret,
                                         struct ud_error *err);

/* The blob "devices" of an answer; an empty report if there is none. */
UD_MUST_CHECK enum ud_code ud_attach_answer_devices(const struct ud_attach_answer *answer,
                                                    struct ud_device_report *ret,
                                                    struct ud_error *err);

/* ---- server.c ---- */

/* A server, and the addresses at which the VM may reach it. */
struct ud_attach_server {
    struct ud_usbip_server server;
    struct ud_strv addresses; /* numeric */
};

/* remote as in ud_list_options. Names are looked up in a container, which knows
 * host.docker.internal. UD_ERR_NOT_FOUND for an unknown name. */
UD_MUST_CHECK enum ud_code ud_attach_server_find(const struct ud_attach_session *session,
                                                 const char *remote, struct ud_attach_server *ret,
                                                 struct ud_error *err);
void ud_attach_server_done(struct ud_attach_server *server);

/* What it exports, in new memory; *ret_address is the address that answered, in new memory. */
UD_MUST_CHECK enum ud_code ud_attach_server_list(const struct ud_attach_session *session,
                                                 const struct ud_attach_server *server,
                                                 struct ud_usbip_device **ret, size_t *ret_count,
                                                 char **ret_address, struct ud_error *err);

/* ---- ports.c ---- */

/* The devices on the ports of vhci_hcd. */
UD_MUST_CHECK enum ud_code ud_attach_look(const struct ud_attach_session *session,
                                          struct ud_attach_answer *ret,
                                          struct ud_device_report *ret_report,
                                          struct ud_error *err);

/* Whether the kernel has vhci_hcd, by such an answer. */
bool ud_attach_has_vhci(const struct ud_attach_answer *answer);

/* Whether it is certain that there is none, which an answer without that fact leaves open. */
bool ud_attach_lacks_vhci(const struct ud_attach_answer *answer);

#endif
