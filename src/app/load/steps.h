/* What load, unload and the loading of drivers share. */
#ifndef APP_LOAD_STEPS_H
#define APP_LOAD_STEPS_H

#include "app/load/load.h"
#include "artifacts/dist.h"
#include "docker/engine/engine.h"
#include "kernel/plan/plan.h"
#include "util/strv.h"
#include "vm/facts_fill.h"
#include "vm/vm_files.h"

#define UD_ORIGIN_TEXT_OURS "built by usbipd-desktop"
#define UD_ORIGIN_TEXT_PACKAGE "out of a package"
#define UD_ORIGIN_TEXT_OWN "the VM's own file"
#define UD_ORIGIN_TEXT_BUILTIN "built in"
#define UD_ORIGIN_TEXT_UNKNOWN "of unknown origin"
#define UD_ORIGIN_TEXT_IMAGE "of an image of usbipd-desktop"

/* A module to be inserted. */
struct ud_load_item {
    char *name;
    const char *origin; /* one of the texts above */
    const char *data;   /* borrowed from the dist, or from own or needed */
    size_t len;
};

struct ud_load {
    const struct ud_app *app;
    const struct ud_load_options *options;
    struct ud_load_result *result;
    struct ud_connection vm;
    struct ud_engine_info engine;
    struct ud_facts facts;
    struct ud_plan plan;
    struct ud_dist dist;
    struct ud_driver_wish with; /* modules that --with names, groups by their members */
    bool has_dist;
    bool lasting;               /* what a start of the VM needs: also what is loaded now */
    bool only_named;            /* of the dist's modules only those in names are inserted; */
    struct ud_strv names;       /* else all that the plan leaves to us */
    struct ud_vm_files own;     /* the VM's own modules, unpacked */
    struct ud_vm_files needed;  /* those that drivers of ours need besides */
    struct ud_load_item *items; /* in load order */
    size_t count;
    /* What the helper answered. */
    struct ud_facts_fill after;
    struct ud_strv klog; /* the kernel's lines about the module that failed */
    char *failed;        /* its name, or NULL */
    int failed_errno;
    struct ud_strv removed; /* rolled back */
    struct ud_strv kept;    /* could not be rolled back */
};

/* Runs one of the two use cases from a fresh ud_load to its release; *ret is
 * filled on success. */
typedef enum ud_code ud_load_fn(struct ud_load *load, struct ud_error *err);
UD_MUST_CHECK enum ud_code ud_load_use_case(const struct ud_app *app,
                                            const struct ud_load_options *options, ud_load_fn *fn,
                                            struct ud_load_result *ret, struct ud_error *err);

/* Connects, probes, and refuses what cannot work or needs --native. */
UD_MUST_CHECK enum ud_code ud_load_begin(struct ud_load *load, struct ud_error *err);

/* Releases all that it holds but the result. */
void ud_load_release(struct ud_load *load);

/* What the manifest tells of a module; NULL if there is no manifest, or it is not in it. */
const struct ud_manifest_module *ud_load_in_manifest(const struct ud_load *load, const char *name);

/* The origin of a module of the artifacts, one of the texts above. */
const char *ud_load_ours_text(const struct ud_load *load, const char *name);

/* Adds what became of one module to the result. */
void ud_load_tell(struct ud_load *load, const char *name, const char *verdict, const char *origin,
                  const char *detail);

/* Fills load->items: what has to be inserted, read and checked. */
UD_MUST_CHECK enum ud_code ud_load_choose(struct ud_load *load, struct ud_error *err);

/* The same for drivers: own are the names of modules of which the VM has files, ours those of
 * modules of the dist. What they need, of either, comes before them; what is loaded is left out. */
UD_MUST_CHECK enum ud_code ud_load_choose_drivers(struct ud_load *load, const struct ud_strv *own,
                                                  const struct ud_strv *ours, struct ud_error *err);

/* Uploads and inserts them. */
UD_MUST_CHECK enum ud_code ud_load_insert(struct ud_load *load, struct ud_error *err);

#endif
