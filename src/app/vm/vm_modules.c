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

void ud_vm_modules_list(const struct ud_facts *facts, const struct ud_plan *plan, bool loaded_too,
                        struct ud_strv *paths)
{
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        const struct ud_plan_item *item = &plan->items[i];
        if (item->origin != UD_ORIGIN_OWN_FILE || (item->loaded && !loaded_too)) {
            continue;
        }
        const struct ud_dep *dep =
            ud_deps_find(&facts->deps, ud_plan_module_name((enum ud_plan_module)i));
        for (size_t k = dep != NULL ? dep->needs.len : 0; k > 0; k--) {
            vm_modules_add_path(facts, dep->needs.items[k - 1], loaded_too, paths);
        }
        vm_modules_add_path(facts, item->path, loaded_too, paths);
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
 * there whatever the engine can mount. */
enum ud_code ud_vm_modules_read(const struct ud_app *app, struct ud_engine *engine,
                                const struct ud_facts *facts, const struct ud_strv *paths,
                                struct ud_vm_files *ret, struct ud_error *err)
{
    struct ud_strv full = {0};
    for (size_t i = 0; i < paths->len; i++) {
        ud_strv_addf(&full, "%s/%s", facts->modules_dir, paths->items[i]);
    }
    enum ud_code rc = ud_vm_files_read_inside(app, engine, &full, ret, err);
    ud_strv_done(&full);
    for (size_t i = 0; i < ret->count && rc == UD_OK; i++) {
        rc = vm_modules_unpack(&ret->items[i], err);
    }
    if (rc != UD_OK) {
        ud_vm_files_done(ret);
    }
    return rc;
}
