/* The cache use cases: what is kept so that a next build is faster. */
#ifndef APP_CACHE_CACHE_H
#define APP_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/engine/context.h"
#include "util/error.h"

enum ud_cache_kind {
    UD_CACHE_ALL, /* for choosing */
    UD_CACHE_DOWNLOADS,
    UD_CACHE_SLICES,
    UD_CACHE_CRCS,
    UD_CACHE_PREPARED
};

struct ud_cache_options {
    struct ud_engine_choice vm;
    const char *build_host; /* also this engine, or NULL */
    unsigned kind;          /* enum ud_cache_kind */
    bool dry_run;           /* of prune */
};

struct ud_cache_item {
    enum ud_cache_kind kind;
    char *name;      /* a file's path or an image's name */
    char *place;     /* the engine; NULL: this machine */
    uint64_t size;   /* bytes; of an image without those of its builder */
    int64_t created; /* seconds since 1970, 0 unknown */
    bool removed;
};

struct ud_cache {
    struct ud_cache_item *items;
    size_t count;
};

void ud_cache_done(struct ud_cache *cache);

/* "download", "slice", "crcs", "prepared". */
const char *ud_cache_kind_name(enum ud_cache_kind kind);

/* Lists what is kept. An engine is asked only for what it keeps. */
UD_MUST_CHECK enum ud_code ud_app_cache_list(const struct ud_app *app,
                                             const struct ud_cache_options *options,
                                             struct ud_cache *ret, struct ud_error *err);

/* Removes it; ret lists it. What is in use stays, and the rest goes all the same: then
 * UD_ERR_BUSY. */
UD_MUST_CHECK enum ud_code ud_app_cache_prune(const struct ud_app *app,
                                              const struct ud_cache_options *options,
                                              struct ud_cache *ret, struct ud_error *err);

#endif
