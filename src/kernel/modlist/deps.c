#include <stdlib.h>
#include <string.h>

#include "kernel/modlist/modlist.h"
#include "kernel/modlist/module_name.h"
#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

/* A path that is used to read a file in the system: no way out of the folder. */
static const char *check_path(struct ud_slice path)
{
    struct ud_slice rest = path;
    struct ud_slice part;
    if (path.len == 0 || path.len > 1024 || path.ptr[0] == '/') {
        return "has no relative path";
    }
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if (c <= 0x20 || c == 0x7f) {
            return "has control characters in a path";
        }
    }
    while (ud_scan_field(&rest, '/', &part)) {
        if (part.len == 0 || ud_slice_equals(part, "..") || ud_slice_equals(part, ".")) {
            return "has a path that leads elsewhere";
        }
    }
    return NULL;
}

static bool is_module_path(struct ud_slice path)
{
    enum ud_compression unused;
    char *text = ud_strndup(path.ptr, path.len);
    bool is = ud_module_path_compression(text, &unused);
    free(text);
    return is;
}

static const char *parse_needs(struct ud_slice rest, struct ud_dep *dep)
{
    struct ud_slice word;
    while (ud_scan_word(&rest, &word)) {
        const char *wrong = check_path(word);
        if (wrong != NULL) {
            return wrong;
        }
        ud_strv_addn(&dep->needs, word.ptr, word.len);
    }
    return NULL;
}

/* `path: path path …`; leaves dep->path NULL for a line without content. */
static const char *deps_parse_line(struct ud_slice line, struct ud_dep *dep)
{
    struct ud_slice rest = ud_slice_trim(line);
    struct ud_slice path;
    if (rest.len == 0 || rest.ptr[0] == '#') {
        return NULL;
    }
    (void)ud_scan_field(&rest, ':', &path);
    if (rest.ptr == NULL) {
        return "has no colon";
    }
    const char *wrong = check_path(path);
    if (wrong != NULL) {
        return wrong;
    }
    if (!is_module_path(path)) {
        return "names no module file";
    }
    dep->path = ud_strndup(path.ptr, path.len);
    return parse_needs(rest, dep);
}

static void dep_done(struct ud_dep *dep)
{
    free(dep->path);
    ud_strv_done(&dep->needs);
}

enum ud_code ud_deps_parse(const char *text, size_t len, struct ud_deps *ret, struct ud_error *err)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    struct ud_deps deps = {0};
    if (len > UD_MODLIST_TEXT_MAX) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "modules.dep is too large");
    }
    for (size_t number = 1; ud_str_next_line(&rest, &line); number++) {
        struct ud_dep dep = {0};
        const char *wrong = deps_parse_line(line, &dep);
        if (wrong != NULL) {
            dep_done(&dep);
            ud_deps_done(&deps);
            return ud_fail(err, UD_ERR_PROTOCOL, NULL, "modules.dep: line %zu %s", number, wrong);
        }
        if (dep.path != NULL) {
            deps.items = ud_realloc(deps.items, deps.len + 1, sizeof *deps.items);
            deps.items[deps.len++] = dep;
        }
    }
    *ret = deps;
    return UD_OK;
}

void ud_deps_list_files(const char *text, size_t len, struct ud_deps *ret)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    struct ud_deps deps = {.needs_unknown = true};
    while (ud_str_next_line(&rest, &line)) {
        if (check_path(line) == NULL && is_module_path(line)) {
            deps.items = ud_realloc(deps.items, deps.len + 1, sizeof *deps.items);
            deps.items[deps.len++] = (struct ud_dep){.path = ud_strndup(line.ptr, line.len)};
        }
    }
    *ret = deps;
}

void ud_deps_done(struct ud_deps *deps)
{
    if (deps == NULL) {
        return;
    }
    for (size_t i = 0; i < deps->len; i++) {
        dep_done(&deps->items[i]);
    }
    free(deps->items);
    *deps = (struct ud_deps){0};
}

/* Whether the file at path is this module's; like comparing with
 * ud_module_name_of_path, without a copy for each of thousands. */
static bool is_file_of(const char *path, const char *module_name)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t n = strlen(module_name);
    if (strlen(base) <= n || base[n] != '.') {
        return false;
    }
    char *name = ud_strndup(base, n);
    bool same = ud_module_name_equal(name, module_name);
    free(name);
    return same;
}

const struct ud_dep *ud_deps_find(const struct ud_deps *deps, const char *module_name)
{
    for (size_t i = 0; i < deps->len; i++) {
        if (is_file_of(deps->items[i].path, module_name)) {
            return &deps->items[i];
        }
    }
    return NULL;
}

enum ud_code ud_builtin_parse(const char *text, size_t len, struct ud_strv *names,
                              struct ud_error *err)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    if (len > UD_MODLIST_TEXT_MAX) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "modules.builtin is too large");
    }
    for (size_t number = 1; ud_str_next_line(&rest, &line); number++) {
        line = ud_slice_trim(line);
        const char *wrong = line.len > 0 ? check_path(line) : NULL;
        if (wrong == NULL && line.len > 0 && !is_module_path(line)) {
            wrong = "names no module file";
        }
        if (wrong != NULL) {
            return ud_fail(err, UD_ERR_PROTOCOL, NULL, "modules.builtin: line %zu %s", number,
                           wrong);
        }
        if (line.len > 0) {
            char *path = ud_strndup(line.ptr, line.len);
            char *name = ud_module_name_of_path(path);
            ud_strv_add(names, name);
            free(name);
            free(path);
        }
    }
    return UD_OK;
}

bool ud_builtin_has(const struct ud_strv *names, const char *module_name)
{
    for (size_t i = 0; i < names->len; i++) {
        if (ud_module_name_equal(names->items[i], module_name)) {
            return true;
        }
    }
    return false;
}
