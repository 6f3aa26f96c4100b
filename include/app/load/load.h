/* The load and unload use cases: insert into the VM's kernel, take out again. */
#ifndef APP_LOAD_LOAD_H
#define APP_LOAD_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "app/engine/context.h"
#include "kernel/facts/facts.h"
#include "kernel/facts/vhci.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_load_options {
    struct ud_engine_choice vm;
    const char *input;          /* directory with <release>/ or with manifest.json; NULL: "dist" */
    const char *kernel_config;  /* FILE with the running kernel's configuration, or NULL */
    struct ud_strv with;        /* load: lists of drivers and groups of them that are wanted besides
                                 * what the artifacts have */
    bool native;                /* the engine may run on this very machine, not in a VM */
    bool all;                   /* unload: also the VM's own modules */
    const struct ud_strv *only; /* unload: exactly these, whoever built them, in this order; NULL:
                                 * what the artifacts in input tell */
    /* load: accept modules without CRCs for a kernel that compares them. */
    bool allow_missing_crcs;
};

/* What happened to one module. */
struct ud_module_outcome {
    char *name;
    char *verdict; /* inserted, present, builtin; removed, absent, foreign */
    char *origin;  /* built by usbipd-desktop, the VM's own file, built in */
    char *detail;  /* "" or a sentence */
};

struct ud_load_result {
    char *release;
    struct ud_module_outcome *modules; /* in the order they were handled */
    size_t module_count;
    struct ud_vhci_ports ports; /* after load */
    bool installed;             /* unload: what is installed inserts them again at a start */
};

/* Errors: UD_ERR_UNFIT before anything is uploaded, UD_ERR_REFUSED with the
 * kernel's own words after everything inserted was taken out again. */
UD_MUST_CHECK enum ud_code ud_app_load(const struct ud_app *app,
                                       const struct ud_load_options *options,
                                       struct ud_load_result *ret, struct ud_error *err);

/* Nothing to do is success. Errors: UD_ERR_BUSY naming devices and users. */
UD_MUST_CHECK enum ud_code ud_app_unload(const struct ud_app *app,
                                         const struct ud_load_options *options,
                                         struct ud_load_result *ret, struct ud_error *err);

void ud_load_result_done(struct ud_load_result *result);

#endif
