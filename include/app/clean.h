/* What of ours an engine keeps, known by its label, and its removal. */
#ifndef APP_CLEAN_H
#define APP_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/engine/context.h"
#include "util/error.h"

struct ud_inventory_item {
    const char *kind; /* "image", "container", "volume", "download" (static) */
    char *name;
    char *role;    /* what it is for: "helper", "builder", … */
    uint64_t size; /* bytes, 0 unknown */
    bool removed;
    const char *kept; /* why it is not for `clean` to remove (static); NULL: it is */
};

struct ud_inventory {
    struct ud_inventory_item *items;
    size_t count;
};

struct ud_clean_options {
    struct ud_engine_choice vm;
    const char *build_host; /* also this engine, or NULL */
    bool downloads;         /* also the downloaded sources on this machine */
    bool dry_run;
};

void ud_inventory_done(struct ud_inventory *inventory);

UD_MUST_CHECK enum ud_code ud_inventory_list(struct ud_engine *engine, struct ud_inventory *ret,
                                             struct ud_error *err);

/* Removes all that is labelled as ours; ret lists it. What a run that is under way needs
 * stays, and says so in its member kept; UD_ERR_BUSY if something else is in use. */
UD_MUST_CHECK enum ud_code ud_app_clean(const struct ud_app *app,
                                        const struct ud_clean_options *options,
                                        struct ud_inventory *ret, struct ud_error *err);

#endif
