/* The status use case: engine, VM, USB/IP, artifacts, what of ours is kept. */
#ifndef APP_STATUS_H
#define APP_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/context.h"
#include "app/inventory.h"
#include "app/manifest.h"
#include "docker/engine.h"
#include "kernel/facts.h"
#include "kernel/plan.h"
#include "kernel/vhci.h"
#include "util/error.h"

struct ud_status_options {
    struct ud_engine_choice vm;
    const char *input; /* directory of artifacts, NULL: "dist" */
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
    struct ud_plan plan; /* valid when plan_known */
    bool plan_known;
    const char *usbip; /* "built in", "loaded", "loadable", "missing" (static), NULL unknown */
    struct ud_status_artifact *artifacts;
    size_t artifact_count;
    struct ud_inventory inventory;
};

/* Fills what can be known even when the engine is down: then the code is that
 * of the failure, err says why, and *ret is valid all the same. */
UD_MUST_CHECK enum ud_code ud_app_status(const struct ud_app *app,
                                         const struct ud_status_options *options,
                                         struct ud_status *ret, struct ud_error *err);

void ud_status_done(struct ud_status *status);

#endif
