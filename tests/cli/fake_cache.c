/* The cache with made-up content. */
#include <stdlib.h>

#include "app/cache/cache.h"
#include "fake_data.h"
#include "platform/host.h"
#include "util/mem.h"

void ud_cache_done(struct ud_cache *cache)
{
    for (size_t i = 0; i < cache->count; i++) {
        free(cache->items[i].name);
        free(cache->items[i].place);
    }
    free(cache->items);
    *cache = (struct ud_cache){0};
}

const char *ud_cache_kind_name(enum ud_cache_kind kind)
{
    static const char *const names[] = {"all", "download", "slice", "crcs", "prepared"};
    return names[kind];
}

/* Ages do not change with the day of the test; times in JSON do not either. */
static void add(struct ud_cache *cache, enum ud_cache_kind kind, const char *name,
                const char *place, uint64_t size, int64_t age)
{
    bool fixed = ud_fake_scenario("fixed");
    cache->items = ud_realloc(cache->items, cache->count + 1, sizeof *cache->items);
    cache->items[cache->count++] = (struct ud_cache_item){
        .kind = kind,
        .name = ud_strdup(name),
        .place = place != NULL ? ud_strdup(place) : NULL,
        .size = size,
        .created = fixed ? 1700000000 - age : ud_host_wall_time() - age,
    };
}

static void fill(struct ud_cache *cache)
{
    add(cache, UD_CACHE_DOWNLOADS, "/home/u/.cache/usbipd-desktop/sources/0123-linux-6.1.tar.xz",
        NULL, 138009412, 40 * 24 * 3600);
    add(cache, UD_CACHE_SLICES, "/home/u/.cache/usbipd-desktop/slices/4567-89ab-cdef.tar.zst", NULL,
        18000000, 5 * 3600);
    add(cache, UD_CACHE_CRCS, "/home/u/.cache/usbipd-desktop/crcs/cdef.symvers", NULL, 38043, 130);
    add(cache, UD_CACHE_PREPARED, "usbipd-desktop/prepared:0123456789abcdef",
        "unix:///var/run/docker.sock", 201000000, 130);
}

enum ud_code ud_app_cache_list(const struct ud_app *app, const struct ud_cache_options *options,
                               struct ud_cache *ret, struct ud_error *err)
{
    (void)app;
    (void)options;
    (void)err;
    *ret = (struct ud_cache){0};
    if (!ud_fake_scenario("missing")) {
        fill(ret);
    }
    return UD_OK;
}

enum ud_code ud_app_cache_prune(const struct ud_app *app, const struct ud_cache_options *options,
                                struct ud_cache *ret, struct ud_error *err)
{
    UD_TRY(ud_app_cache_list(app, options, ret, err));
    for (size_t i = 0; i < ret->count; i++) {
        ret->items[i].removed = !options->dry_run;
    }
    return UD_OK;
}
