/* Inserting drivers for a device that is there, in the way in which load inserts. */
#ifndef APP_LOAD_DRIVERS_H
#define APP_LOAD_DRIVERS_H

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "kernel/facts/facts.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_load_drivers {
    const struct ud_app *app;
    struct ud_engine *engine;
    const char *input; /* artifacts, as for load */
    /* Of the VM's kernel, learned by the first call and released by whoever has this. That they
     * know nothing of what was inserted since costs no more than a file. */
    struct ud_facts facts;
};

/* Inserts own, modules of which the VM has files, and ours, modules in the artifacts, which are
 * checked as load checks them; with what they need, and without what is loaded. Adds the names of
 * what was inserted to ret. Nothing stays inserted after an error. Errors: those of
 * ud_app_load. */
UD_MUST_CHECK enum ud_code ud_load_drivers(struct ud_load_drivers *drivers,
                                           const struct ud_strv *own, const struct ud_strv *ours,
                                           struct ud_strv *ret, struct ud_error *err);

#endif
