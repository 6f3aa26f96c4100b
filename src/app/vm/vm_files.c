#include "vm/vm_files.h"

#include <stdlib.h>
#include <string.h>

#include "proto/fact.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "vm/helper_call.h"
#include "vm/helper_image.h"

/* What has come so far; total counts against UD_OPS_FILES_MAX. */
struct reading {
    struct ud_vm_files files;
    size_t most; /* files */
    size_t total;
};

static enum ud_code vm_files_add_bytes(struct reading *reading, const struct ud_record *record,
                                       struct ud_error *err)
{
    if (reading->files.count == 0 || record->len > UD_OPS_FILES_MAX - reading->total) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper sent %s",
                       reading->files.count == 0 ? "a file without its name" : "too much");
    }
    struct ud_buf *bytes = &reading->files.items[reading->files.count - 1].bytes;
    reading->total += record->len;
    ud_buf_add(bytes, record->data, record->len);
    return ud_buf_check(bytes, "a file of the VM", err);
}

static enum ud_code vm_files_add_file(struct reading *reading, const char *path,
                                      struct ud_error *err)
{
    struct ud_vm_files *files = &reading->files;
    if (files->count >= reading->most) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper sent too many files");
    }
    files->items = ud_realloc(files->items, files->count + 1, sizeof *files->items);
    struct ud_vm_file *file = &files->items[files->count++];
    file->path = ud_strdup(path);
    ud_buf_init(&file->bytes, UD_OPS_FILE_MAX);
    return UD_OK;
}

static enum ud_code add_symbols(struct ud_buf *symbols, const struct ud_record *record,
                                struct ud_error *err)
{
    ud_buf_add(symbols, record->data, record->len);
    return ud_buf_check(symbols, "the list of symbols", err);
}

static enum ud_code vm_files_on_record(void *ctx, const struct ud_record *record,
                                       struct ud_error *err)
{
    struct reading *reading = ctx;
    if (record->type == UD_RECORD_BLOB && strcmp(record->name, UD_BLOB_FILE) == 0) {
        return vm_files_add_bytes(reading, record, err);
    }
    if (record->type == UD_RECORD_BLOB && strcmp(record->name, UD_BLOB_SYMBOLS) == 0) {
        return add_symbols(&reading->files.symbols, record, err);
    }
    if (record->type == UD_RECORD_FACT && strcmp(record->name, UD_FACT_FILE) == 0) {
        return vm_files_add_file(reading, record->text, err);
    }
    return UD_OK;
}

/* What is asked of the helper. */
struct question {
    struct ud_engine *engine;
    const char *image;
    const struct ud_strv *paths;
    bool symbols;
    const char *all_of; /* a flag of read: files of which the number is not known; or NULL */
    size_t most;        /* of those */
};

static void add_arguments(const struct question *question, bool enter, struct ud_strv *args)
{
    ud_strv_add(args, UD_OP_READ);
    if (enter) {
        ud_strv_add(args, UD_OPS_FLAG_ENTER);
    }
    if (question->symbols) {
        ud_strv_add(args, UD_OPS_FLAG_SYMBOLS);
    }
    if (question->all_of != NULL) {
        ud_strv_add(args, question->all_of);
    }
    for (size_t i = 0; i < question->paths->len; i++) {
        ud_strv_add(args, question->paths->items[i]);
    }
}

static enum ud_code ask_as(const struct question *question, enum ud_role role,
                           struct ud_vm_files *ret, struct ud_error *err)
{
    static const struct ud_container_mount modules = {
        .source = "/lib/modules", .target = "/lib/modules", .read_only = true};
    struct reading reading = {.most = question->all_of != NULL ? question->most : UD_OPS_READ_MAX};
    ud_buf_init(&reading.files.symbols, UD_OPS_NAMES_MAX);
    struct ud_helper_call call = {
        .role = role,
        .image = question->image,
        .mounts = &modules,
        .mount_count = role == UD_ROLE_PROBE && question->paths->len > 0 ? 1 : 0,
        .record = vm_files_on_record,
        .ctx = &reading,
    };
    add_arguments(question, role == UD_ROLE_PROBE_VM, &call.args);
    enum ud_code rc = ud_helper_call_run(question->engine, &call, err);
    ud_strv_done(&call.args);
    reading.files.has_symbols = rc == UD_OK && question->symbols;
    /* Without kallsyms: the files are there, they come first. */
    const bool unreadable =
        rc == UD_ERR_FACTS || (rc == UD_ERR_DENIED && role == UD_ROLE_PROBE_VM &&
                               reading.files.count == question->paths->len);
    rc = unreadable && question->symbols ? UD_OK : rc;
    if (rc == UD_OK && question->all_of == NULL && reading.files.count != question->paths->len) {
        rc = ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper sent %zu files of %zu",
                     reading.files.count, question->paths->len);
    }
    if (rc == UD_OK) {
        *ret = reading.files;
    } else {
        ud_vm_files_done(&reading.files);
    }
    return rc;
}

enum ud_code ud_vm_files_read(const struct ud_app *app, struct ud_engine *engine,
                              const struct ud_strv *paths, bool symbols, struct ud_vm_files *ret,
                              struct ud_error *err)
{
    char *image = NULL;
    struct ud_error why = {0};
    *ret = (struct ud_vm_files){0};
    if (paths->len == 0 && !symbols) {
        return UD_OK;
    }
    UD_TRY(ud_helper_image_ensure(app, engine, &image, err));
    const struct question question = {
        .engine = engine, .image = image, .paths = paths, .symbols = symbols};
    enum ud_code rc = ask_as(&question, UD_ROLE_PROBE, ret, &why);
    /* The engine may refuse the mount, or mount an empty folder of its own. */
    if (rc == UD_ERR_ENGINE || rc == UD_ERR_DENIED || rc == UD_ERR_NOT_FOUND) {
        ud_report_message(app->report, UD_REPORT_DEBUG, "not from outside: %s", why.message);
        rc = ask_as(&question, UD_ROLE_PROBE_VM, ret, err);
    } else if (rc != UD_OK) {
        rc = ud_error_pass(err, &why);
    }
    free(image);
    return rc;
}

static enum ud_code read_inside(const struct ud_app *app, struct question *question,
                                struct ud_vm_files *ret, struct ud_error *err)
{
    char *image = NULL;
    UD_TRY(ud_helper_image_ensure(app, question->engine, &image, err));
    question->image = image;
    enum ud_code rc = ask_as(question, UD_ROLE_PROBE_VM, ret, err);
    free(image);
    return rc;
}

enum ud_code ud_vm_files_read_inside(const struct ud_app *app, struct ud_engine *engine,
                                     const struct ud_strv *paths, struct ud_vm_files *ret,
                                     struct ud_error *err)
{
    struct question question = {.engine = engine, .paths = paths};
    *ret = (struct ud_vm_files){0};
    return paths->len > 0 ? read_inside(app, &question, ret, err) : UD_OK;
}

static enum ud_code read_all_of(const struct ud_app *app, struct ud_engine *engine,
                                const char *flag, size_t most, struct ud_vm_files *ret,
                                struct ud_error *err)
{
    const struct ud_strv none = {0};
    struct question question = {.engine = engine, .paths = &none, .all_of = flag, .most = most};
    *ret = (struct ud_vm_files){0};
    return read_inside(app, &question, ret, err);
}

enum ud_code ud_vm_files_read_patches(const struct ud_app *app, struct ud_engine *engine,
                                      struct ud_vm_files *ret, struct ud_error *err)
{
    return read_all_of(app, engine, UD_OPS_FLAG_PATCHES, UD_OPS_PATCHES_MAX + 1, ret, err);
}

enum ud_code ud_vm_files_read_package_config(const struct ud_app *app, struct ud_engine *engine,
                                             struct ud_vm_files *ret, struct ud_error *err)
{
    return read_all_of(app, engine, UD_OPS_FLAG_PACKAGE_CONFIG, UD_OPS_CONFIGS_MAX, ret, err);
}

void ud_vm_files_done(struct ud_vm_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].path);
        ud_buf_done(&files->items[i].bytes);
    }
    free(files->items);
    ud_buf_done(&files->symbols);
    *files = (struct ud_vm_files){0};
}
