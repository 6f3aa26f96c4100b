#include "vm/crcs_from_modules.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/tar/decompress.h"
#include "kernel/elf/module.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"
#include "vm/helper_call.h"
#include "vm/helper_image.h"

/* Compressed modules come whole. Once so much of them has brought nothing new,
 * the rest is cheaper to compute than to fetch. */
enum { FRUITLESS_MAX = 12 << 20 };

struct search {
    const struct ud_strv *symbols; /* sorted */
    struct ud_crcs *crcs;
    struct ud_buf file; /* the compressed module that is coming */
    char *path;         /* its path, NULL: none */
    size_t fruitless;   /* bytes since something was found */
    size_t answers;     /* records and files that said anything */
    bool enough;
};

static bool is_complete(const struct search *search)
{
    struct ud_strv missing = {0};
    ud_crcs_missing(search->crcs, search->symbols, &missing);
    bool complete = missing.len == 0;
    ud_strv_done(&missing);
    return complete;
}

static bool is_wanted(const struct search *search, const char *name)
{
    return ud_strv_find_sorted(search->symbols, name, NULL);
}

/* A second attempt asks for the same files again: what is left of the first one's last file
 * is not the beginning of any. */
static void search_restart(struct search *search)
{
    ud_buf_clear(&search->file);
    free(search->path);
    search->path = NULL;
    search->fruitless = 0;
    search->answers = 0;
    search->enough = false;
}

static enum ud_code take_imports(struct search *search, const struct ud_module *module,
                                 struct ud_error *err)
{
    for (size_t i = 0; i < module->imports.len; i++) {
        const struct ud_module_symbol *symbol = &module->imports.items[i];
        if (symbol->has_crc && is_wanted(search, symbol->name)) {
            size_t before = search->crcs->len;
            UD_TRY(ud_crcs_add(search->crcs, symbol->name, symbol->crc, UD_CRC_OF_MODULES,
                               search->path, err));
            search->fruitless = search->crcs->len > before ? 0 : search->fruitless;
        }
    }
    return UD_OK;
}

/* A file that cannot be read as a module tells nothing. */
static enum ud_code finish_file(struct search *search, struct ud_error *err)
{
    struct ud_error why = {0};
    struct ud_module module = {0};
    struct ud_buf bytes;
    enum ud_code rc = UD_OK;
    if (search->path == NULL) {
        return UD_OK;
    }
    ud_buf_init(&bytes, UD_MODULE_FILE_MAX);
    search->fruitless += search->file.len;
    if (ud_decompress(search->path, search->file.data, search->file.len, &bytes, &why) == UD_OK &&
        ud_module_parse(bytes.data, bytes.len, search->path, &module, &why) == UD_OK) {
        rc = take_imports(search, &module, err);
    }
    ud_module_done(&module);
    ud_buf_done(&bytes);
    ud_buf_clear(&search->file);
    free(search->path);
    search->path = NULL;
    return rc;
}

static enum ud_code take_blob(struct search *search, const struct ud_record *record,
                              struct ud_error *err)
{
    if (search->path == NULL || strcmp(search->path, record->name) != 0) {
        UD_TRY(finish_file(search, err));
        search->enough = search->fruitless > FRUITLESS_MAX || is_complete(search);
        if (search->enough) {
            return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "enough was read");
        }
        search->path = ud_strdup(record->name);
    }
    ud_buf_add(&search->file, record->data, record->len);
    return ud_buf_check(&search->file, record->name, err);
}

static enum ud_code crcs_from_modules_on_record(void *ctx, const struct ud_record *record,
                                                struct ud_error *err)
{
    struct search *search = ctx;
    uint32_t crc;
    if (record->type == UD_RECORD_BLOB) {
        search->answers++;
        return take_blob(search, record, err);
    }
    if (record->type == UD_RECORD_RESULT && ud_slice_hex_to_u32(ud_slice_of(record->text), &crc) &&
        is_wanted(search, record->name)) {
        search->answers++;
        return ud_crcs_add(search->crcs, record->name, crc, UD_CRC_OF_MODULES,
                           "one of the VM's modules", err);
    }
    return UD_OK;
}

static bool is_usb(const char *path)
{
    return strstr(path, "usb") != NULL;
}

/* The VM's modules, those first that use what ours do. */
static void add_paths(const struct ud_facts *facts, bool usb, struct ud_strv *args)
{
    for (size_t i = 0; i < facts->deps.len; i++) {
        const char *path = facts->deps.items[i].path;
        if (is_usb(path) == usb && path[0] != '/' && args->len < UD_OPS_PATHS_MAX) {
            ud_strv_addf(args, "%s/%s", facts->modules_dir, path);
        }
    }
}

static enum ud_code crcs_from_modules_call(struct search *search, struct ud_engine *engine,
                                           const struct ud_facts *facts, const char *image,
                                           enum ud_role role, struct ud_error *err)
{
    static const struct ud_container_mount modules = {
        .source = "/lib/modules", .target = "/lib/modules", .read_only = true};
    bool inside = role == UD_ROLE_PROBE_VM;
    struct ud_error why = {0};
    search_restart(search);
    struct ud_helper_call call = {
        .role = role,
        .image = image,
        .mounts = &modules,
        .mount_count = inside ? 0 : 1,
        .record = crcs_from_modules_on_record,
        .ctx = search,
    };
    ud_strv_add(&call.args, UD_OP_CRCS);
    if (inside) {
        ud_strv_add(&call.args, UD_OPS_FLAG_ENTER);
    }
    add_paths(facts, true, &call.args);
    add_paths(facts, false, &call.args);
    ud_strv_add(&call.args, "--");
    for (size_t i = 0; i < search->symbols->len; i++) {
        ud_strv_add(&call.args, search->symbols->items[i]);
    }
    enum ud_code rc = ud_helper_call_run(engine, &call, &why);
    ud_strv_done(&call.args);
    if (rc == UD_OK) {
        return finish_file(search, err);
    }
    if (search->enough) {
        return UD_OK;
    }
    return ud_error_pass(err, &why);
}

static enum ud_code crcs_from_modules_look(struct search *search, const struct ud_app *app,
                                           struct ud_engine *engine, const struct ud_facts *facts,
                                           struct ud_error *err)
{
    char *image = NULL;
    struct ud_error why = {0};
    UD_TRY(ud_helper_image_ensure(app, engine, &image, err));
    enum ud_code rc = crcs_from_modules_call(search, engine, facts, image, UD_ROLE_PROBE, &why);
    bool unseen = rc == UD_ERR_ENGINE || rc == UD_ERR_DENIED || rc == UD_ERR_NOT_FOUND ||
                  (rc == UD_OK && search->answers == 0);
    if (unseen) {
        rc = crcs_from_modules_call(search, engine, facts, image, UD_ROLE_PROBE_VM, err);
    } else if (rc != UD_OK) {
        rc = ud_error_pass(err, &why);
    }
    free(image);
    return rc;
}

enum ud_code ud_crcs_from_modules(const struct ud_app *app, struct ud_engine *engine,
                                  const struct ud_facts *facts, const struct ud_strv *symbols,
                                  struct ud_crcs *ret, struct ud_error *err)
{
    struct search search = {.symbols = symbols, .crcs = ret};
    if (facts->modules_dir == NULL || facts->deps.len == 0) {
        return UD_OK;
    }
    ud_buf_init(&search.file, UD_OPS_FILE_MAX);
    enum ud_code rc = crcs_from_modules_look(&search, app, engine, facts, err);
    ud_buf_done(&search.file);
    free(search.path);
    return rc;
}
