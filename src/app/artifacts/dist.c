#include "artifacts/dist.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/modlist/module_name.h"
#include "platform/fs.h"
#include "util/mem.h"
#include "util/str.h"
#include "util/strv.h"

enum { MODULES_MAX = 256 };

void ud_dist_done(struct ud_dist *dist)
{
    for (size_t i = 0; i < dist->count; i++) {
        free(dist->modules[i].name);
        free(dist->modules[i].file);
        ud_buf_done(&dist->modules[i].bytes);
        ud_module_done(&dist->modules[i].module);
    }
    free(dist->modules);
    free(dist->dir);
    ud_manifest_done(&dist->manifest);
    *dist = (struct ud_dist){0};
}

bool ud_dist_is_at(const char *dir)
{
    char *path = ud_fs_join(dir, "manifest.json");
    bool yes = ud_fs_kind(path) == UD_FS_FILE;
    free(path);
    return yes;
}

/* The names of the module files in a directory; none if it cannot be read. */
static void list_modules(const char *dir, struct ud_strv *ret)
{
    struct ud_strv names = {0};
    struct ud_error why;
    if (ud_fs_kind(dir) == UD_FS_DIR && ud_fs_list(dir, &names, &why) == UD_OK) {
        for (size_t i = 0; i < names.len && ret->len < MODULES_MAX; i++) {
            if (ud_str_ends(names.items[i], ".ko")) {
                ud_strv_add(ret, names.items[i]);
            }
        }
    }
    ud_strv_done(&names);
}

static bool has_modules(const char *dir)
{
    struct ud_strv names = {0};
    list_modules(dir, &names);
    bool yes = names.len > 0;
    ud_strv_done(&names);
    return yes || ud_dist_is_at(dir);
}

static enum ud_code dist_find(const char *input, const char *release,
                              bool (*is_it)(const char *dir), char **ret, struct ud_error *err)
{
    const char *top = input != NULL ? input : "dist";
    if (is_it(top)) {
        *ret = ud_strdup(top);
        return UD_OK;
    }
    char *dir = ud_fs_join(top, release);
    if (is_it(dir)) {
        *ret = dir;
        return UD_OK;
    }
    free(dir);
    return ud_fail(err, UD_ERR_NOT_FOUND, "Run `usbipd-desktop build`, or name the directory.",
                   "%s has no modules for the kernel %s", top, release);
}

enum ud_code ud_dist_find(const char *input, const char *release, char **ret, struct ud_error *err)
{
    enum ud_code rc = dist_find(input, release, ud_dist_is_at, ret, err);
    if (rc != UD_OK) {
        ud_error_remedy(err, "Run `usbipd-desktop build`, or name the directory with --input "
                             "(attach and up: --modules).");
    }
    return rc;
}

enum ud_code ud_dist_find_modules(const char *input, const char *release, char **ret,
                                  struct ud_error *err)
{
    return dist_find(input, release, has_modules, ret, err);
}

static enum ud_code read_module(const char *dir, const char *file, struct ud_dist_module *ret,
                                struct ud_error *err)
{
    char *path = ud_fs_join(dir, file);
    ret->file = ud_strdup(file);
    ret->name = ud_strndup(file, strlen(file) - strlen(".ko"));
    ud_buf_init(&ret->bytes, UD_MODULE_FILE_MAX);
    enum ud_code rc = ud_fs_read(path, &ret->bytes, err);
    if (rc == UD_OK) {
        rc = ud_module_parse(ret->bytes.data, ret->bytes.len, path, &ret->module, err);
    }
    free(path);
    return rc;
}

static enum ud_code read_manifest(const char *dir, struct ud_dist *dist, struct ud_strv *files,
                                  struct ud_error *err)
{
    char *path = ud_fs_join(dir, "manifest.json");
    enum ud_code rc = ud_manifest_read(path, &dist->manifest, err);
    free(path);
    UD_TRY(rc);
    dist->has_manifest = true;
    for (size_t i = 0; i < dist->manifest.module_count; i++) {
        ud_strv_add(files, dist->manifest.modules[i].file);
    }
    return UD_OK;
}

static enum ud_code dist_read_all(const char *dir, struct ud_dist *dist, struct ud_error *err)
{
    struct ud_strv files = {0};
    enum ud_code rc = UD_OK;
    if (ud_dist_is_at(dir)) {
        rc = read_manifest(dir, dist, &files, err);
    } else {
        list_modules(dir, &files);
    }
    dist->modules = ud_alloc(files.len + 1, sizeof *dist->modules);
    for (size_t i = 0; i < files.len && rc == UD_OK; i++) {
        rc = read_module(dir, files.items[i], &dist->modules[dist->count++], err);
    }
    ud_strv_done(&files);
    return rc;
}

enum ud_code ud_dist_open(const char *dir, struct ud_dist *ret, struct ud_error *err)
{
    struct ud_dist dist = {.dir = ud_strdup(dir)};
    enum ud_code rc = dist_read_all(dir, &dist, err);
    if (rc == UD_OK) {
        *ret = dist;
    } else {
        ud_dist_done(&dist);
    }
    return rc;
}

enum ud_code ud_dist_read(const char *dir, struct ud_dist *ret, struct ud_error *err)
{
    struct ud_dist dist = {0};
    struct ud_findings findings = {0};
    UD_TRY(ud_dist_open(dir, &dist, err));
    ud_dist_check_manifest(&dist, ud_findings_check(&findings, "manifest"));
    enum ud_code rc = ud_findings_first_error(&findings, err);
    ud_findings_done(&findings);
    if (rc == UD_OK) {
        *ret = dist;
    } else {
        ud_dist_done(&dist);
    }
    return rc;
}

static const struct ud_plan_item *item_of(const struct ud_plan *plan, const char *name)
{
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        if (ud_module_name_equal(name, ud_plan_module_name((enum ud_plan_module)i))) {
            return &plan->items[i];
        }
    }
    return NULL;
}

bool ud_dist_is_wanted(const struct ud_plan *plan, const char *name)
{
    const struct ud_plan_item *item = item_of(plan, name);
    return item == NULL || item->origin == UD_ORIGIN_BUILD;
}

bool ud_dist_is_wanted_later(const struct ud_plan *plan, const char *name)
{
    const struct ud_plan_item *item = item_of(plan, name);
    return item == NULL || item->origin == UD_ORIGIN_BUILD || item->origin == UD_ORIGIN_LOADED;
}

bool ud_dist_is_driver(const char *name)
{
    static const struct ud_plan any = {0};
    return item_of(&any, name) == NULL;
}
