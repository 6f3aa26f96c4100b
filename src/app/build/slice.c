/* The sources from a kept slice, or a slice kept from the sources. */
#include <stdlib.h>
#include <string.h>

#include "build/steps.h"
#include "bundle/srctree/srctree.h"
#include "cache/slices.h"
#include "platform/fs.h"
#include "platform/host.h"

char *ud_slices_dir(void)
{
    char *cache = ud_host_cache_dir();
    char *dir = cache != NULL ? ud_fs_join(cache, "slices") : NULL;
    free(cache);
    return dir;
}

static void slice_give_up(struct ud_build *build, const char *what, const struct ud_error *why)
{
    ud_report_message(build->app->report, UD_REPORT_WARN, "%s: %s", what, why->message);
    ud_srcslice_free(build->cache.new_slice);
    build->cache.new_slice = NULL;
}

static void slice_find(struct ud_build *build)
{
    struct ud_build_cache *cache = &build->cache;
    struct ud_error why = {0};
    bool damaged = false;
    if (ud_srcslice_find(cache->slices, build->source_digest, cache->rules, &cache->slice, &damaged,
                         &why) != UD_OK) {
        slice_give_up(build, "the kept sources cannot be used", &why);
    }
    if (damaged) {
        ud_report_message(build->app->report, UD_REPORT_NOTE,
                          "the kept sources were damaged and are made anew");
    }
}

static void slice_create(struct ud_build *build)
{
    struct ud_error why = {0};
    ud_fs_sweep_temps(build->cache.slices, NULL);
    if (ud_srcslice_create(build->cache.slices, &build->cache.new_slice, &why) != UD_OK) {
        slice_give_up(build, "the sources cannot be kept", &why);
    }
}

/* The archive's digest is checked again: it is what the slice is named by. */
void ud_build_slice_begin(struct ud_build *build, struct ud_srctree_options *options)
{
    struct ud_build_cache *cache = &build->cache;
    bool known = build->source_digest[0] != '\0';
    if (known) {
        options->sha256 = build->source_digest;
    }
    if (cache->slices == NULL) {
        return;
    }
    /* To find what exports symbols, all of the archive has to be read. */
    if (known && build->exports == NULL) {
        slice_find(build);
    }
    if (cache->slice.path != NULL) {
        options->path = cache->slice.path;
        options->sha256 = cache->slice.sha256;
        ud_report_message(build->app->report, UD_REPORT_DETAIL, "the sources are kept in %s",
                          cache->slice.path);
    } else {
        slice_create(build);
    }
}

void ud_build_slice_add(struct ud_build *build, const void *data, size_t len)
{
    struct ud_error why = {0};
    if (build->cache.new_slice != NULL &&
        ud_srcslice_add(build->cache.new_slice, data, len, &why) != UD_OK) {
        slice_give_up(build, "the sources cannot be kept", &why);
    }
}

void ud_build_slice_end(struct ud_build *build)
{
    struct ud_build_cache *cache = &build->cache;
    struct ud_error why = {0};
    if (cache->new_slice == NULL) {
        return;
    }
    if (ud_srcslice_keep(cache->new_slice, build->source_digest, cache->rules, &why) != UD_OK) {
        slice_give_up(build, "the sources cannot be kept", &why);
        return;
    }
    ud_srcslice_free(cache->new_slice);
    cache->new_slice = NULL;
    ud_srcslice_limit(cache->slices, UD_SLICES_MOST);
}
