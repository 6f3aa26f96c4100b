#include "own_modules.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/decompress.h"
#include "helper_call.h"
#include "helper_image.h"
#include "kernel/module.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "util/mem.h"

char *ud_own_modules_stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    const char *suffix = strstr(base, ".ko");
    return ud_strndup(base, suffix != NULL ? (size_t)(suffix - base) : strlen(base));
}

static void add_path(const struct ud_facts *facts, const char *path, bool loaded_too,
                     struct ud_strv *paths)
{
    char *name = ud_module_name_of_path(path);
    bool wanted = loaded_too || ud_loaded_find(&facts->loaded, name) == NULL;
    if (wanted && !ud_strv_has(paths, path)) {
        ud_strv_add(paths, path);
    }
    free(name);
}

void ud_own_modules_list(const struct ud_facts *facts, const struct ud_plan *plan, bool loaded_too,
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
            add_path(facts, dep->needs.items[k - 1], loaded_too, paths);
        }
        add_path(facts, item->path, loaded_too, paths);
    }
}

static enum ud_code on_record(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    struct ud_buf *raw = ctx;
    if (record->type == UD_RECORD_BLOB && strcmp(record->name, UD_BLOB_FILE) == 0) {
        ud_buf_add(raw, record->data, record->len);
    }
    return ud_buf_check(raw, "the module file", err);
}

/* Inside the VM's namespace: load needs that privilege anyway, and the file is
 * there whatever the engine can mount. */
static enum ud_code read_raw(struct ud_engine *engine, const char *image, const char *path,
                             struct ud_buf *raw, struct ud_error *err)
{
    struct ud_helper_call call = {
        .role = UD_ROLE_PROBE_VM, .image = image, .record = on_record, .ctx = raw};
    ud_strv_add(&call.args, UD_OP_READ);
    ud_strv_add(&call.args, UD_OPS_FLAG_ENTER);
    ud_strv_add(&call.args, path);
    enum ud_code rc = ud_helper_call_run(engine, &call, err);
    ud_strv_done(&call.args);
    return rc;
}

enum ud_code ud_own_modules_read(const struct ud_app *app, struct ud_engine *engine,
                                 const struct ud_facts *facts, const char *path, struct ud_buf *ret,
                                 struct ud_error *err)
{
    char *image = NULL;
    struct ud_buf raw;
    UD_TRY(ud_helper_image_ensure(app, engine, &image, err));
    char *full = ud_strf("%s/%s", facts->modules_dir, path);
    ud_buf_init(&raw, UD_OPS_FILE_MAX);
    enum ud_code rc = read_raw(engine, image, full, &raw, err);
    if (rc == UD_OK) {
        rc = ud_decompress(full, raw.data, raw.len, ret, err);
    }
    ud_buf_done(&raw);
    free(full);
    free(image);
    return rc;
}
