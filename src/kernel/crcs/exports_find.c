#include "kernel/crcs/exports.h"

#include <stdlib.h>
#include <string.h>

#include "crcs/exports_map.h"
#include "util/mem.h"
#include "util/str.h"

static size_t find_path(const struct ud_exports *exports, const char *path)
{
    uint32_t hash = ud_exports_hash(path);
    for (size_t i = 0; i < exports->paths.len; i++) {
        if (exports->hashes[i] == hash && strcmp(exports->paths.items[i], path) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void add_once(struct ud_strv *list, const char *text)
{
    if (!ud_strv_has(list, text)) {
        ud_strv_add(list, text);
    }
}

/* Follows includes of a .c file up to those that are not included. */
static void add_objects(const struct ud_exports *exports, const char *path, int depth,
                        struct ud_strv *ret)
{
    enum { DEPTH_MAX = 8 };
    bool included = false;
    for (size_t i = 0; i < exports->includes.len && depth < DEPTH_MAX; i++) {
        const struct mention *include = &exports->includes.items[i];
        if (strcmp(ud_mention_text(exports, include), path) == 0) {
            included = true;
            add_objects(exports, exports->paths.items[include->file], depth + 1, ret);
        }
    }
    if (!included && !ud_str_ends(path, ".h")) {
        add_once(ret, path);
    }
}

static bool is_beginning(const char *text, const char *symbol)
{
    return ud_str_starts(text, UD_EXPORTS_PREFIX) &&
           ud_str_starts(symbol, text + strlen(UD_EXPORTS_PREFIX));
}

static bool add_sources(const struct ud_exports *exports, const char *symbol, bool by_beginning,
                        struct ud_strv *ret)
{
    bool found = false;
    for (size_t i = 0; i < exports->symbols.len; i++) {
        const struct mention *export = &exports->symbols.items[i];
        const char *text = ud_mention_text(exports, export);
        if (by_beginning ? is_beginning(text, symbol) : strcmp(text, symbol) == 0) {
            add_objects(exports, exports->paths.items[export->file], 0, ret);
            found = true;
        }
    }
    return found;
}

void ud_exports_sources(const struct ud_exports *exports, const char *symbol, struct ud_strv *ret)
{
    if (!add_sources(exports, symbol, false, ret)) {
        (void)add_sources(exports, symbol, true, ret);
    }
}

static void add_dir_of(const char *path, struct ud_strv *dirs)
{
    char *dir = ud_strndup(path, ud_exports_dir_len(path, strlen(path)));
    add_once(dirs, dir);
    free(dir);
}

void ud_exports_dirs(const struct ud_exports *exports, const struct ud_strv *sources,
                     struct ud_strv *ret)
{
    struct ud_strv reached = {0}; /* grows while it is walked */
    for (size_t i = 0; i < sources->len; i++) {
        add_once(&reached, sources->items[i]);
    }
    for (size_t i = 0; i < reached.len; i++) {
        add_dir_of(reached.items[i], ret);
        size_t file = find_path(exports, reached.items[i]);
        for (size_t k = 0; file != SIZE_MAX && k < exports->includes.len; k++) {
            if (exports->includes.items[k].file == file) {
                add_once(&reached, ud_mention_text(exports, &exports->includes.items[k]));
            }
        }
    }
    ud_strv_done(&reached);
}

bool ud_exports_needs(const struct ud_strv *dirs, const char *path)
{
    size_t len = ud_exports_dir_len(path, strlen(path));
    const char *name = path + len + (len > 0 ? 1 : 0);
    bool makefile = ud_str_starts(name, "Makefile") || ud_str_starts(name, "Kbuild");
    for (size_t i = 0; i < dirs->len; i++) {
        const char *dir = dirs->items[i];
        size_t size = strlen(dir);
        if (size < len || strncmp(dir, path, len) != 0) {
            continue;
        }
        if (size == len || (makefile && (len == 0 || dir[len] == '/'))) {
            return true;
        }
    }
    return false;
}
