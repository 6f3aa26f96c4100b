#include "cache/cache_files.h"

#include <stdlib.h>

#include "cache/crcs_dir.h"
#include "cache/slices.h"
#include "platform/fs.h"
#include "sources/sources.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/strv.h"

void ud_cache_add(struct ud_cache *cache, const struct ud_cache_item *item)
{
    cache->items = ud_realloc(cache->items, cache->count + 1, sizeof *cache->items);
    struct ud_cache_item *added = &cache->items[cache->count++];
    *added = *item;
    added->name = ud_strdup(item->name);
    added->place = item->place != NULL ? ud_strdup(item->place) : NULL;
}

/* A hidden file is being written, or was when the process was killed. */
static bool is_being_written(const char *path, const char *name)
{
    struct ud_fs_info info = {0};
    return name[0] == '.' && ud_fs_info(path, &info, NULL) == UD_OK && !ud_fs_temp_is_left(&info);
}

/* The names in a directory; none in what is no directory or cannot be looked at. */
static void cache_files_names(const char *path, struct ud_strv *ret)
{
    struct ud_fs_info info = {0};
    if (ud_fs_info(path, &info, NULL) == UD_OK && info.kind == UD_FS_DIR) {
        (void)!ud_fs_list(path, ret, NULL);
    }
}

bool ud_cache_files_in_use(const char *dir, const char *name)
{
    struct ud_strv names = {0};
    char *path = ud_fs_join(dir, name);
    bool used = is_being_written(path, name);
    cache_files_names(path, &names);
    for (size_t i = 0; i < names.len && !used; i++) {
        char *inner = ud_fs_join(path, names.items[i]);
        used = is_being_written(inner, names.items[i]);
        free(inner);
    }
    ud_strv_done(&names);
    free(path);
    return used;
}

uint64_t ud_cache_files_size(const char *path)
{
    struct ud_strv names = {0};
    struct ud_fs_info info = {0};
    uint64_t size = ud_fs_info(path, &info, NULL) == UD_OK ? info.size : 0;
    cache_files_names(path, &names);
    for (size_t i = 0; i < names.len; i++) {
        char *inner = ud_fs_join(path, names.items[i]);
        size += ud_cache_files_size(inner);
        free(inner);
    }
    ud_strv_done(&names);
    return size;
}

static enum ud_code cache_files_add_file(enum ud_cache_kind kind, const char *dir, const char *name,
                                         struct ud_cache *ret, struct ud_error *err)
{
    struct ud_fs_info info = {0};
    char *path = ud_fs_join(dir, name);
    enum ud_code rc = ud_fs_info(path, &info, err);
    if (rc == UD_OK && info.kind != UD_FS_NONE && !ud_cache_files_in_use(dir, name)) {
        const struct ud_cache_item item = {
            .kind = kind, .name = path, .size = ud_cache_files_size(path), .created = info.mtime};
        ud_cache_add(ret, &item);
    }
    free(path);
    return rc;
}

static char *dir_of(enum ud_cache_kind kind)
{
    switch (kind) {
    case UD_CACHE_SLICES:
        return ud_slices_dir();
    case UD_CACHE_CRCS:
        return ud_crcs_dir();
    default:
        return ud_sources_cache_dir();
    }
}

enum ud_code ud_cache_files_list(enum ud_cache_kind kind, struct ud_cache *ret,
                                 struct ud_error *err)
{
    char *dir = dir_of(kind);
    struct ud_strv names = {0};
    enum ud_code rc = UD_OK;
    if (dir != NULL && ud_fs_kind(dir) == UD_FS_DIR) {
        rc = ud_fs_list(dir, &names, err);
    }
    for (size_t i = 0; i < names.len && rc == UD_OK; i++) {
        rc = cache_files_add_file(kind, dir, names.items[i], ret, err);
    }
    ud_strv_done(&names);
    free(dir);
    return rc;
}
