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

struct harvest {
    const struct ud_strv *symbols; /* sorted */
    struct ud_crcs *crcs;
    struct ud_buf file; /* the compressed module that is coming */
    char *path;         /* its path, NULL: none */
    size_t fruitless;   /* bytes since something was found */
    size_t answers;     /* records and files that said anything */
    bool enough;
};

static bool is_complete(const struct harvest *harvest)
{
    struct ud_strv missing = {0};
    ud_crcs_missing(harvest->crcs, harvest->symbols, &missing);
    bool complete = missing.len == 0;
    ud_strv_done(&missing);
    return complete;
}

static bool is_wanted(const struct harvest *harvest, const char *name)
{
    return ud_strv_find_sorted(harvest->symbols, name, NULL);
}

/* A second attempt asks for the same files again: what is left of the first one's last file
 * is not the beginning of any. */
static void harvest_restart(struct harvest *harvest)
{
    ud_buf_clear(&harvest->file);
    free(harvest->path);
    harvest->path = NULL;
    harvest->fruitless = 0;
    harvest->answers = 0;
    harvest->enough = false;
}

static enum ud_code take_imports(struct harvest *harvest, const struct ud_module *module,
                                 struct ud_error *err)
{
    for (size_t i = 0; i < module->imports.len; i++) {
        const struct ud_module_symbol *symbol = &module->imports.items[i];
        if (symbol->has_crc && is_wanted(harvest, symbol->name)) {
            size_t before = harvest->crcs->len;
            UD_TRY(ud_crcs_add(harvest->crcs, symbol->name, symbol->crc, UD_CRC_OF_MODULES,
                               harvest->path, err));
            harvest->fruitless = harvest->crcs->len > before ? 0 : harvest->fruitless;
        }
    }
    return UD_OK;
}

/* A file that cannot be read as a module tells nothing. */
static enum ud_code finish_file(struct harvest *harvest, struct ud_error *err)
{
    struct ud_error why = {0};
    struct ud_module module = {0};
    struct ud_buf bytes;
    enum ud_code rc = UD_OK;
    if (harvest->path == NULL) {
        return UD_OK;
    }
    ud_buf_init(&bytes, UD_MODULE_FILE_MAX);
    harvest->fruitless += harvest->file.len;
    if (ud_decompress(harvest->path, harvest->file.data, harvest->file.len, &bytes, &why) ==
            UD_OK &&
        ud_module_parse(bytes.data, bytes.len, harvest->path, &module, &why) == UD_OK) {
        rc = take_imports(harvest, &module, err);
    }
    ud_module_done(&module);
    ud_buf_done(&bytes);
    ud_buf_clear(&harvest->file);
    free(harvest->path);
    harvest->path = NULL;
    return rc;
}

static enum ud_code take_blob(struct harvest *harvest, const struct ud_record *record,
                              struct ud_error *err)
{
    if (harvest->path == NULL || strcmp(harvest->path, record->name) != 0) {
        UD_TRY(finish_file(harvest, err));
        harvest->enough = harvest->fruitless > FRUITLESS_MAX || is_complete(harvest);
        if (harvest->enough) {
            return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "enough was read");
        }
        harvest->path = ud_strdup(record->name);
    }
    ud_buf_add(&harvest->file, record->data, record->len);
    return ud_buf_check(&harvest->file, record->name, err);
}

static enum ud_code crcs_from_modules_on_record(void *ctx, const struct ud_record *record,
                                                struct ud_error *err)
{
    struct harvest *harvest = ctx;
    uint32_t crc;
    if (record->type == UD_RECORD_BLOB) {
        harvest->answers++;
        return take_blob(harvest, record, err);
    }
    if (record->type == UD_RECORD_RESULT && ud_slice_hex_to_u32(ud_slice_of(record->text), &crc) &&
        is_wanted(harvest, record->name)) {
        harvest->answers++;
        return ud_crcs_add(harvest->crcs, record->name, crc, UD_CRC_OF_MODULES,
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

static enum ud_code crcs_from_modules_call(struct harvest *harvest, struct ud_engine *engine,
                                           const struct ud_facts *facts, const char *image,
                                           enum ud_role role, struct ud_error *err)
{
    static const struct ud_container_mount modules = {
        .source = "/lib/modules", .target = "/lib/modules", .read_only = true};
    bool inside = role == UD_ROLE_PROBE_VM;
    struct ud_error why = {0};
    harvest_restart(harvest);
    struct ud_helper_call call = {
        .role = role,
        .image = image,
        .mounts = &modules,
        .mount_count = inside ? 0 : 1,
        .record = crcs_from_modules_on_record,
        .ctx = harvest,
    };
    ud_strv_add(&call.args, UD_OP_CRCS);
    if (inside) {
        ud_strv_add(&call.args, UD_OPS_FLAG_ENTER);
    }
    add_paths(facts, true, &call.args);
    add_paths(facts, false, &call.args);
    ud_strv_add(&call.args, "--");
    for (size_t i = 0; i < harvest->symbols->len; i++) {
        ud_strv_add(&call.args, harvest->symbols->items[i]);
    }
    enum ud_code rc = ud_helper_call_run(engine, &call, &why);
    ud_strv_done(&call.args);
    if (rc == UD_OK) {
        return finish_file(harvest, err);
    }
    if (harvest->enough) {
        return UD_OK;
    }
    return ud_error_pass(err, &why);
}

static enum ud_code crcs_from_modules_look(struct harvest *harvest, const struct ud_app *app,
                                           struct ud_engine *engine, const struct ud_facts *facts,
                                           struct ud_error *err)
{
    char *image = NULL;
    struct ud_error why = {0};
    UD_TRY(ud_helper_image_ensure(app, engine, &image, err));
    enum ud_code rc = crcs_from_modules_call(harvest, engine, facts, image, UD_ROLE_PROBE, &why);
    bool unseen = rc == UD_ERR_ENGINE || rc == UD_ERR_DENIED || rc == UD_ERR_NOT_FOUND ||
                  (rc == UD_OK && harvest->answers == 0);
    if (unseen) {
        rc = crcs_from_modules_call(harvest, engine, facts, image, UD_ROLE_PROBE_VM, err);
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
    struct harvest harvest = {.symbols = symbols, .crcs = ret};
    if (facts->modules_dir == NULL || facts->deps.len == 0) {
        return UD_OK;
    }
    ud_buf_init(&harvest.file, UD_OPS_FILE_MAX);
    enum ud_code rc = crcs_from_modules_look(&harvest, app, engine, facts, err);
    ud_buf_done(&harvest.file);
    free(harvest.path);
    return rc;
}
