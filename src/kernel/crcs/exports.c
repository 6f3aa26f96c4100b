#include "kernel/crcs/exports.h"

#include <stdlib.h>
#include <string.h>

#include "crcs/exports_map.h"
#include "crcs/exports_scan.h"
#include "util/mem.h"
#include "util/str.h"

/* A kernel has 40,000 exports and 60,000 such includes. */
enum { TEXT_MAX = 64 << 20 };

struct ud_exports *ud_exports_new(void)
{
    struct ud_exports *exports = ud_alloc(1, sizeof *exports);
    ud_buf_init(&exports->texts, TEXT_MAX);
    return exports;
}

void ud_exports_free(struct ud_exports *exports)
{
    if (exports == NULL) {
        return;
    }
    ud_strv_done(&exports->paths);
    free(exports->hashes);
    free(exports->symbols.items);
    free(exports->includes.items);
    ud_buf_done(&exports->texts);
    free(exports);
}

bool ud_exports_is_empty(const struct ud_exports *exports)
{
    return exports->paths.len == 0;
}

static uint32_t exports_add_path(struct ud_exports *exports, const char *path)
{
    size_t index = exports->paths.len;
    if (index == exports->hash_cap) {
        exports->hash_cap = index == 0 ? 4096 : 2 * index;
        exports->hashes = ud_realloc(exports->hashes, exports->hash_cap, sizeof *exports->hashes);
    }
    exports->hashes[index] = ud_exports_hash(path);
    ud_strv_add(&exports->paths, path);
    return (uint32_t)index;
}

static void add_mention(struct ud_exports *exports, struct mentions *list, uint32_t file,
                        const char *prefix, struct ud_slice text)
{
    if (list->len == list->cap) {
        list->cap = list->cap == 0 ? 4096 : 2 * list->cap;
        list->items = ud_realloc(list->items, list->cap, sizeof *list->items);
    }
    list->items[list->len++] = (struct mention){file, (uint32_t)exports->texts.len};
    ud_buf_adds(&exports->texts, prefix);
    ud_buf_add(&exports->texts, text.ptr, text.len);
    ud_buf_add(&exports->texts, "", 1);
}

/* Some macros export other symbols than the one that they name. */
static void add_symbol(struct ud_exports *exports, uint32_t file, struct ud_slice macro,
                       struct ud_slice symbol)
{
    static const struct {
        const char *macro;
        const char *prefixes[4];
    } derived[] = {
        {"EXPORT_TRACEPOINT_SYMBOL",
         {"__tracepoint_", "__traceiter_", "__SCK__tp_func_", "__SCT__tp_func_"}},
        {"EXPORT_STATIC_CALL", {"__SCK__", "__SCT__"}},
    };
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
        for (size_t k = 0; ud_slice_starts(macro, derived[i].macro) && k < 4; k++) {
            if (derived[i].prefixes[k] != NULL) {
                add_mention(exports, &exports->symbols, file, derived[i].prefixes[k], symbol);
            }
        }
    }
    add_mention(exports, &exports->symbols, file, "", symbol);
}

/* An included path, seen from the directory of the file that includes it, as
 * a path of the tree in new memory; NULL if it leads out of it. */
static char *exports_resolve(const char *file, struct ud_slice path)
{
    char *full = ud_strf("%.*s", (int)ud_exports_dir_len(file, strlen(file)), file);
    while (full != NULL && path.len > 0) {
        const char *slash = memchr(path.ptr, '/', path.len);
        size_t len = slash != NULL ? (size_t)(slash - path.ptr) : path.len;
        char *next = NULL;
        if (len == 2 && memcmp(path.ptr, "..", 2) == 0) {
            next =
                full[0] != '\0' ? ud_strndup(full, ud_exports_dir_len(full, strlen(full))) : NULL;
        } else if (len == 0 || (len == 1 && path.ptr[0] == '.')) {
            next = ud_strdup(full);
        } else {
            next = ud_strf("%s%s%.*s", full, full[0] != '\0' ? "/" : "", (int)len, path.ptr);
        }
        free(full);
        full = next;
        size_t step = slash != NULL ? len + 1 : len;
        path = (struct ud_slice){path.ptr + step, path.len - step};
    }
    return full;
}

static void add_include(struct ud_exports *exports, uint32_t file, struct ud_slice path)
{
    char *resolved = exports_resolve(exports->paths.items[file], path);
    if (resolved != NULL) {
        add_mention(exports, &exports->includes, file, "", ud_slice_of(resolved));
    }
    free(resolved);
}

bool ud_exports_wants(const char *path, const char *srcarch)
{
    static const char *const others[] = {"Documentation/", "samples/", "scripts/", "tools/",
                                         "usr/",           "rust/",    "LICENSES/"};
    bool header = ud_str_ends(path, ".h");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (ud_str_starts(path, others[i])) {
            return false;
        }
    }
    if (ud_str_starts(path, "arch/")) {
        size_t len = strlen(srcarch);
        if (strncmp(path + 5, srcarch, len) != 0 || path[5 + len] != '/') {
            return false;
        }
        /* Programs of their own, which include sources of the kernel. */
        const char *below = path + 5 + len + 1;
        if (ud_str_starts(below, "boot/") || ud_str_starts(below, "purgatory/")) {
            return false;
        }
    }
    /* Those in include/ are sent whatever they include. */
    return header ? !ud_str_starts(path, "include/")
                  : ud_str_ends(path, ".c") || ud_str_ends(path, ".S");
}

void ud_exports_add(struct ud_exports *exports, const char *path, const char *text, size_t len)
{
    const struct ud_slice all = {text, len};
    struct ud_slice macro;
    struct ud_slice found;
    uint32_t file = exports_add_path(exports, path);
    for (size_t at = 0; ud_includes_next(all, &at, &found);) {
        add_include(exports, file, found);
    }
    for (size_t at = 0; !ud_str_ends(path, ".h") && ud_exports_next(all, &at, &macro, &found);) {
        if (ud_exports_pasted(all, at)) {
            add_mention(exports, &exports->symbols, file, UD_EXPORTS_PREFIX, found);
        } else {
            add_symbol(exports, file, macro, found);
        }
    }
}
