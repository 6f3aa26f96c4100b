#include "vm/vm_modules.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/tar/decompress.h"
#include "kernel/elf/module.h"
#include "kernel/modlist/module_name.h"
#include "util/mem.h"

char *ud_vm_modules_stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    const char *suffix = strstr(base, ".ko");
    return ud_strndup(base, suffix != NULL ? (size_t)(suffix - base) : strlen(base));
}

static void vm_modules_add_path(const struct ud_facts *facts, const char *path, bool loaded_too,
                                struct ud_strv *paths)
{
    char *name = ud_module_name_of_path(path);
    bool wanted = loaded_too || ud_loaded_find(&facts->loaded, name) == NULL;
    if (wanted && !ud_strv_has(paths, path)) {
        ud_strv_add(paths, path);
    }
    free(name);
}

void ud_vm_modules_add(const struct ud_facts *facts, const char *name, bool loaded_too,
                       struct ud_strv *paths)
{
    const struct ud_dep *dep = ud_deps_find(&facts->deps, name);
    for (size_t k = dep != NULL ? dep->needs.len : 0; k > 0; k--) {
        vm_modules_add_path(facts, dep->needs.items[k - 1], loaded_too, paths);
    }
    if (dep != NULL) {
        vm_modules_add_path(facts, dep->path, loaded_too, paths);
    }
}

static void vm_modules_add_item(const struct ud_facts *facts, const struct ud_plan_item *item,
                                const char *name, bool loaded_too, struct ud_strv *paths)
{
    if (item->origin == UD_ORIGIN_OWN_FILE && (!item->loaded || loaded_too)) {
        ud_vm_modules_add(facts, name, loaded_too, paths);
    }
}

void ud_vm_modules_list(const struct ud_facts *facts, const struct ud_plan *plan, bool loaded_too,
                        struct ud_strv *paths)
{
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        vm_modules_add_item(facts, &plan->items[i], ud_plan_module_name((enum ud_plan_module)i),
                            loaded_too, paths);
    }
    for (size_t i = 0; i < plan->driver_count; i++) {
        vm_modules_add_item(facts, &plan->drivers[i].item, plan->drivers[i].name, loaded_too,
                            paths);
    }
}

static enum ud_code vm_modules_unpack(struct ud_vm_file *file, struct ud_error *err)
{
    struct ud_buf bytes;
    ud_buf_init(&bytes, UD_MODULE_FILE_MAX);
    enum ud_code rc = ud_decompress(file->path, file->bytes.data, file->bytes.len, &bytes, err);
    ud_buf_done(rc == UD_OK ? &file->bytes : &bytes);
    if (rc == UD_OK) {
        file->bytes = bytes;
    }
    return rc;
}

/* Inside the VM's namespace: load needs that privilege anyway, and the files are
 * there whatever the engine can mount. Adds those of paths from the first on to *files. */
static enum ud_code vm_modules_fetch(const struct ud_app *app, struct ud_engine *engine,
                                     const struct ud_facts *facts, const struct ud_strv *paths,
                                     size_t first, struct ud_vm_files *files, struct ud_error *err)
{
    struct ud_strv full = {0};
    struct ud_vm_files read = {0};
    for (size_t i = first; i < paths->len; i++) {
        ud_strv_addf(&full, "%s/%s", facts->modules_dir, paths->items[i]);
    }
    enum ud_code rc = ud_vm_files_read_inside(app, engine, &full, &read, err);
    ud_strv_done(&full);
    for (size_t i = 0; i < read.count && rc == UD_OK; i++) {
        rc = vm_modules_unpack(&read.items[i], err);
    }
    if (rc == UD_OK) {
        files->items = ud_realloc(files->items, files->count + read.count, sizeof *files->items);
        for (size_t i = 0; i < read.count; i++) {
            files->items[files->count++] = read.items[i];
        }
        read.count = 0;
    }
    ud_vm_files_done(&read);
    return rc;
}

/* Puts file i, and before it what it needs, at the end of order. path is that of each. */
static void vm_modules_order(const struct ud_strv *paths, const struct ud_strv *needs, size_t i,
                             bool *placed, size_t *order, size_t *count)
{
    if (placed[i]) {
        return;
    }
    placed[i] = true;
    for (size_t n = 0; n < needs[i].len; n++) {
        for (size_t k = 0; k < paths->len; k++) {
            if (strcmp(paths->items[k], needs[i].items[n]) == 0) {
                vm_modules_order(paths, needs, k, placed, order, count);
            }
        }
    }
    order[(*count)++] = i;
}

/* Sorts paths and files alike, each behind what it needs. */
static void vm_modules_sort(struct ud_strv *paths, const struct ud_strv *needs,
                            struct ud_vm_files *files)
{
    bool *placed = ud_alloc(paths->len, sizeof *placed);
    size_t *order = ud_alloc(paths->len, sizeof *order);
    struct ud_strv sorted = {0};
    struct ud_vm_file *items = ud_alloc(paths->len, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < paths->len; i++) {
        vm_modules_order(paths, needs, i, placed, order, &count);
    }
    for (size_t i = 0; i < count; i++) {
        ud_strv_add(&sorted, paths->items[order[i]]);
        items[i] = files->items[order[i]];
    }
    ud_strv_done(paths);
    free(files->items);
    *paths = sorted;
    files->items = items;
    free(placed);
    free(order);
}

/* The paths that a module's own `depends` leads to; those that are to be read join paths. */
static enum ud_code vm_modules_find_needs(const struct ud_facts *facts, bool loaded_too,
                                          const struct ud_vm_file *file, struct ud_strv *paths,
                                          struct ud_strv *ret, struct ud_error *err)
{
    struct ud_module module;
    UD_TRY(ud_module_parse(file->bytes.data, file->bytes.len, file->path, &module, err));
    for (size_t i = 0; i < module.depends.len; i++) {
        const struct ud_dep *dep = ud_deps_find(&facts->deps, module.depends.items[i]);
        if (dep != NULL) {
            ud_strv_add(ret, dep->path);
            vm_modules_add_path(facts, dep->path, loaded_too, paths);
        }
    }
    ud_module_done(&module);
    return UD_OK;
}

static enum ud_code vm_modules_read_needs(const struct ud_app *app, struct ud_engine *engine,
                                          const struct ud_facts *facts, bool loaded_too,
                                          struct ud_strv *paths, struct ud_vm_files *files,
                                          struct ud_error *err)
{
    enum { MODULES_MAX = 64 }; /* what a driver needs, with what that needs, is some ten */
    struct ud_strv needs[MODULES_MAX] = {0};
    enum ud_code rc = UD_OK;
    for (size_t at = 0; rc == UD_OK && at < paths->len; at++) {
        if (paths->len > MODULES_MAX) {
            rc = ud_fail(err, UD_ERR_UNFIT, NULL, "the VM's own %s needs over %d modules",
                         paths->items[0], MODULES_MAX);
        }
        if (rc == UD_OK && at == files->count) {
            rc = vm_modules_fetch(app, engine, facts, paths, at, files, err);
        }
        if (rc == UD_OK) {
            rc =
                vm_modules_find_needs(facts, loaded_too, &files->items[at], paths, &needs[at], err);
        }
    }
    if (rc == UD_OK) {
        vm_modules_sort(paths, needs, files);
    }
    for (size_t i = 0; i < MODULES_MAX; i++) {
        ud_strv_done(&needs[i]);
    }
    return rc;
}

enum ud_code ud_vm_modules_read(const struct ud_app *app, struct ud_engine *engine,
                                const struct ud_facts *facts, bool loaded_too,
                                struct ud_strv *paths, struct ud_vm_files *ret,
                                struct ud_error *err)
{
    struct ud_vm_files files = {0};
    if (paths->len == 0) {
        return UD_OK;
    }
    enum ud_code rc =
        facts->deps.needs_unknown
            ? vm_modules_read_needs(app, engine, facts, loaded_too, paths, &files, err)
            : vm_modules_fetch(app, engine, facts, paths, 0, &files, err);
    if (rc == UD_OK) {
        *ret = files;
    } else {
        ud_vm_files_done(&files);
    }
    return rc;
}
