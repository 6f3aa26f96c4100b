#include <stdlib.h>
#include <string.h>

#include "kernel/modlist/modlist.h"
#include "kernel/modlist/module_name.h"
#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

/* The fourth column: "-" or names, each with a comma after it; "[permanent]"
 * stands among them for a module that cannot be removed. */
static void parse_users(struct ud_slice column, struct ud_loaded_module *module)
{
    struct ud_slice name;
    while (ud_scan_field(&column, ',', &name)) {
        if (ud_slice_equals(name, "[permanent]")) {
            module->permanent = true;
        } else if (name.len > 0 && !ud_slice_equals(name, "-")) {
            ud_strv_addn(&module->users, name.ptr, name.len);
        }
    }
}

static bool parse_refcount(struct ud_slice column, long *ret)
{
    uint64_t count;
    if (ud_slice_equals(column, "-")) {
        *ret = -1;
        return true;
    }
    if (!ud_slice_to_u64(column, &count) || count > INT32_MAX) {
        return false;
    }
    *ret = (long)count;
    return true;
}

/* kernel/module/procfs.c: name, size, use count, users, state, address. */
static const char *loaded_parse_line(struct ud_slice line, struct ud_loaded_module *module)
{
    struct ud_slice columns[5];
    for (size_t i = 0; i < 5; i++) {
        if (!ud_scan_word(&line, &columns[i])) {
            return "has fewer than five columns";
        }
    }
    if (!ud_slice_to_u64(columns[1], &module->size) ||
        !parse_refcount(columns[2], &module->refcount)) {
        return "has no size or no use count";
    }
    module->name = ud_strndup(columns[0].ptr, columns[0].len);
    module->live = ud_slice_equals(columns[4], "Live");
    parse_users(columns[3], module);
    return NULL;
}

enum ud_code ud_loaded_parse(const char *text, size_t len, struct ud_loaded_modules *ret,
                             struct ud_error *err)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    struct ud_loaded_modules modules = {0};
    if (len > UD_MODLIST_TEXT_MAX) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "/proc/modules is too large");
    }
    for (size_t number = 1; ud_str_next_line(&rest, &line); number++) {
        struct ud_loaded_module module = {0};
        const char *wrong = ud_slice_trim(line).len > 0 ? loaded_parse_line(line, &module) : NULL;
        if (wrong != NULL) {
            ud_loaded_done(&modules);
            return ud_fail(err, UD_ERR_PROTOCOL, NULL, "/proc/modules: line %zu %s", number, wrong);
        }
        if (module.name != NULL) {
            modules.items = ud_realloc(modules.items, modules.len + 1, sizeof *modules.items);
            modules.items[modules.len++] = module;
        }
    }
    *ret = modules;
    return UD_OK;
}

void ud_loaded_done(struct ud_loaded_modules *modules)
{
    if (modules == NULL) {
        return;
    }
    for (size_t i = 0; i < modules->len; i++) {
        free(modules->items[i].name);
        free(modules->items[i].build_id);
        ud_strv_done(&modules->items[i].users);
    }
    free(modules->items);
    *modules = (struct ud_loaded_modules){0};
}

const struct ud_loaded_module *ud_loaded_find(const struct ud_loaded_modules *modules,
                                              const char *name)
{
    for (size_t i = 0; i < modules->len; i++) {
        if (ud_module_name_equal(modules->items[i].name, name)) {
            return &modules->items[i];
        }
    }
    return NULL;
}
