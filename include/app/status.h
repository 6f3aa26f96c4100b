/* The status use case: engine, VM, USB/IP, artifacts, what of ours is kept. */
#ifndef APP_STATUS_H
#define APP_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/artifacts/manifest.h"
#include "app/clean.h"
#include "app/engine/context.h"
#include "app/install/install.h"
#include "app/load/usbip_check.h"
#include "docker/engine/engine.h"
#include "kernel/facts/facts.h"
#include "kernel/facts/vhci.h"
#include "kernel/plan/plan.h"
#include "util/error.h"

struct ud_status_options {
    struct ud_engine_choice vm;
    const char *input; /* directory of artifacts, NULL: "dist" */
    bool self_test;    /* attach a device of our own to the VM's USB/IP for a moment */
    bool native;       /* self_test: the engine may run on this very machine, not in a VM */
};

/* One <release>/ below the artifact directory. */
struct ud_status_artifact {
    char *dir;
    struct ud_manifest manifest;
    bool fits;
    char *reason; /* why it does not fit, or "" */
};

struct ud_status {
    char *endpoint; /* NULL when none could be chosen */
    char *origin;
    bool engine_up;
    struct ud_engine_info engine;
    const char *vm_kind; /* "Docker Desktop", "this machine", … (static) */
    bool facts_known;
    struct ud_facts facts;
    struct ud_plan plan; /* valid when facts_known */
    const char *usbip;   /* "built in", "loaded", "loadable", "missing" (static), NULL unknown */
    char *packages;      /* the distribution's, which have all that would be built; NULL: none */
    struct ud_status_artifact *artifacts;
    size_t artifact_count;
    struct ud_inventory inventory;
    struct ud_installation installation;
    bool self_tested; /* it was begun: self_test is valid */
    struct ud_usbip_check self_test;
};

/* Fills what can be known even when the engine is down or the self-test fails: then
 * the code is that of the failure, err says why, and *ret is valid all the same.
 * Without self_test it changes nothing and needs no privilege. Errors of self_test:
 * UD_ERR_NOT_FOUND if the kernel has no USB/IP, UD_ERR_USAGE without native on this
 * very machine, UD_ERR_REFUSED, UD_ERR_BUSY. */
UD_MUST_CHECK enum ud_code ud_app_status(const struct ud_app *app,
                                         const struct ud_status_options *options,
                                         struct ud_status *ret, struct ud_error *err);

void ud_status_done(struct ud_status *status);

#endif
