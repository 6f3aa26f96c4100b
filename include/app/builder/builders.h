/* The builder images that this program made: making one, listing and removing them. */
#ifndef APP_BUILDER_BUILDERS_H
#define APP_BUILDER_BUILDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/engine/context.h"
#include "util/error.h"

struct ud_builders_options {
    struct ud_engine_choice vm;
    const char *build_host; /* also this engine, or NULL */
    bool prune;             /* remove them */
    bool dry_run;           /* with prune: remove nothing */
};

/* Texts are never NULL; "" where it is not known. */
struct ud_builders_item {
    char *name;     /* with its tag; the id of one without */
    char *compiler; /* the command, "gcc-12" */
    char *base;     /* the image that it was made from */
    char *created;  /* RFC 3339 */
    char *used;     /* when a build took it last, RFC 3339 */
    uint64_t size;  /* bytes, with those of the base */
    bool removed;
};

struct ud_builders {
    struct ud_builders_item *items;
    size_t len;
};

void ud_builders_done(struct ud_builders *builders);

/* Lists them and, with prune, removes them; one in use stays and is UD_ERR_BUSY in the
 * end. Known by label and by comment: images that were made of ours by others have the
 * label too. */
UD_MUST_CHECK enum ud_code ud_app_builders(const struct ud_app *app,
                                           const struct ud_builders_options *options,
                                           struct ud_builders *ret, struct ud_error *err);

struct ud_builder_make_options {
    struct ud_engine_choice vm;
    const char *build_host;    /* make it there; NULL: the VM's own engine */
    const char *kernel_config; /* FILE with the running kernel's configuration, or NULL */
    const char *platform;      /* of the image, "linux/arm64"; NULL: that engine's own */
};

/* Owned texts. */
struct ud_builder_made {
    char *name;
    char *compiler; /* the command, "gcc-12" */
    char *base;     /* the image that it is made from */
    bool existed;   /* nothing had to be done */
};

void ud_builder_made_done(struct ud_builder_made *made);

/* Makes the image in which `build` would compile for the VM's kernel, unless it is there.
 * Errors: those of ud_app_build before it looks for sources. */
UD_MUST_CHECK enum ud_code ud_app_builder_make(const struct ud_app *app,
                                               const struct ud_builder_make_options *options,
                                               struct ud_builder_made *ret, struct ud_error *err);

#endif
