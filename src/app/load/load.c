#include "app/load/load.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/tar/tarwrite.h"
#include "kernel/plan/refusal.h"
#include "load/steps.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"
#include "vm/helper_call.h"
#include "vm/helper_image.h"

enum { UPLOAD_MAX = 256 << 20 };

static const char *load_origin_of(const struct ud_load *load, const char *name)
{
    for (size_t i = 0; i < load->count; i++) {
        if (strcmp(load->items[i].name, name) == 0) {
            return load->items[i].origin;
        }
    }
    return "";
}

static const char *present_detail(const struct ud_record *record)
{
    return strcmp(record->text, UD_IDENTITY_OTHER) == 0
               ? "another build of it is loaded: unload it to have this one"
               : "";
}

static void load_on_result(struct ud_load *load, const struct ud_record *record)
{
    switch (record->verdict) {
    case UD_VERDICT_INSERTED:
        ud_load_tell(load, record->name, "inserted", load_origin_of(load, record->name), "");
        ud_report_activity(load->app->report, record->name);
        break;
    case UD_VERDICT_PRESENT:
        ud_load_tell(load, record->name, "present", load_origin_of(load, record->name),
                     present_detail(record));
        break;
    case UD_VERDICT_FAILED:
        free(load->failed);
        load->failed = ud_strdup(record->name);
        load->failed_errno = record->errnum;
        break;
    case UD_VERDICT_REMOVED:
        ud_strv_add(&load->removed, record->name);
        break;
    case UD_VERDICT_KEPT:
        ud_strv_add(&load->kept, record->name);
        break;
    default:
        break;
    }
}

static enum ud_code load_on_record(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    struct ud_load *load = ctx;
    if (record->type == UD_RECORD_RESULT) {
        load_on_result(load, record);
    } else if (record->type == UD_RECORD_KLOG) {
        ud_report_message(load->app->report, UD_REPORT_DETAIL, "kernel: %s", record->text);
        ud_strv_add(&load->klog, record->text);
    } else {
        return ud_facts_fill_record(&load->after, record, err);
    }
    return UD_OK;
}

static enum ud_code load_pack(const struct ud_load *load, struct ud_buf *buf, struct ud_error *err)
{
    struct ud_tarwrite *tar = ud_tarwrite_new(buf);
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < load->count && rc == UD_OK; i++) {
        const struct ud_load_item *item = &load->items[i];
        char *path = ud_strf("%s/%s.ko", &UD_OPS_MODULES_DIR[1], item->name);
        rc = ud_tarwrite_file(tar, path, 0644, item->data, item->len, err);
        free(path);
    }
    if (rc == UD_OK) {
        rc = ud_tarwrite_finish(tar, err);
    }
    ud_tarwrite_free(tar);
    return rc;
}

static enum ud_code load_call_helper(struct ud_load *load, const struct ud_buf *upload,
                                     struct ud_error *err)
{
    char *image = NULL;
    UD_TRY(ud_helper_image_ensure(load->app, load->vm.engine, &image, err));
    struct ud_helper_call call = {
        .role = UD_ROLE_MODULES,
        .image = image,
        .upload = upload,
        .record = load_on_record,
        .ctx = load,
    };
    ud_strv_add(&call.args, UD_OP_INSERT);
    for (size_t i = 0; i < load->count; i++) {
        ud_strv_add(&call.args, load->items[i].name);
    }
    enum ud_code rc = ud_helper_call_run(load->vm.engine, &call, err);
    ud_strv_done(&call.args);
    free(image);
    return rc;
}

/* What the kernel said, what it means, and what became of the others. */
static enum ud_code explain_refusal(const struct ud_load *load, enum ud_code rc,
                                    struct ud_error *err)
{
    if (load->failed == NULL) {
        return rc;
    }
    char *lines = ud_strv_join(&load->klog, "; ");
    const struct ud_refusal *refusal = ud_refusal_insert(load->failed_errno, lines);
    char *removed = ud_strv_join(&load->removed, ", ");
    char *kept = ud_strv_join(&load->kept, ", ");
    ud_str_sanitize(lines);
    rc = ud_fail(err, rc, refusal->remedy,
                 "the kernel refused %s with %s: %s. Its log says: %s%s%s%s%s", load->failed,
                 refusal->name, refusal->meaning, lines[0] != '\0' ? lines : "nothing",
                 removed[0] != '\0' ? ". Taken out again: " : "", removed,
                 kept[0] != '\0' ? ". Still there: " : "", kept);
    free(lines);
    free(removed);
    free(kept);
    return rc;
}

static void warn_of_no_way_back(const struct ud_load *load)
{
    if (load->facts.has_config && !ud_config_is(&load->facts.config, "MODULE_UNLOAD", 'y')) {
        ud_report_message(load->app->report, UD_REPORT_WARN,
                          "this kernel cannot unload modules: what is inserted now stays until "
                          "the VM restarts");
    }
}

static enum ud_code load_announce(const struct ud_load *load, struct ud_error *err)
{
    const struct ud_insert_watch *watch = load->app->inserts;
    struct ud_strv names = {0};
    for (size_t i = 0; i < load->count && watch != NULL; i++) {
        if (ud_loaded_find(&load->facts.loaded, load->items[i].name) == NULL) {
            ud_strv_add(&names, load->items[i].name);
        }
    }
    enum ud_code rc = names.len > 0 ? watch->inserting(watch->ctx, &names, err) : UD_OK;
    ud_strv_done(&names);
    return rc;
}

static bool load_did_insert(const struct ud_load *load, const char *name)
{
    for (size_t i = 0; i < load->result->module_count; i++) {
        const struct ud_module_outcome *module = &load->result->modules[i];
        if (strcmp(module->name, name) == 0 && strcmp(module->verdict, "inserted") == 0) {
            return true;
        }
    }
    return false;
}

/* After a refusal all were taken out again but those that are kept; after an interruption, or
 * with a lost engine, nobody knows. */
static void load_tell_watch(const struct ud_load *load, enum ud_code rc)
{
    const struct ud_insert_watch *watch = load->app->inserts;
    struct ud_strv names = {0};
    if (watch == NULL || (rc != UD_OK && load->failed == NULL)) {
        return;
    }
    for (size_t i = 0; i < load->count; i++) {
        const char *name = load->items[i].name;
        const bool is_in =
            rc == UD_OK ? load_did_insert(load, name) : ud_strv_has(&load->kept, name);
        if (ud_loaded_find(&load->facts.loaded, name) == NULL && !is_in) {
            ud_strv_add(&names, name);
        }
    }
    if (names.len > 0) {
        watch->not_inserted(watch->ctx, &names);
    }
    ud_strv_done(&names);
}

enum ud_code ud_load_insert(struct ud_load *load, struct ud_error *err)
{
    struct ud_buf upload;
    struct ud_error why = {0};
    warn_of_no_way_back(load);
    UD_TRY(load_announce(load, err));
    ud_report_step(load->app->report, "Inserting %zu module%s", load->count,
                   load->count == 1 ? "" : "s");
    ud_buf_init(&upload, UPLOAD_MAX);
    enum ud_code rc = load_pack(load, &upload, &why);
    if (rc == UD_OK) {
        rc = load_call_helper(load, &upload, &why);
        load_tell_watch(load, rc);
    }
    ud_buf_done(&upload);
    if (rc == UD_OK) {
        ud_report_step_end(load->app->report, NULL);
        return UD_OK;
    }
    rc = ud_error_pass(err, &why);
    return explain_refusal(load, rc, err);
}

/* Takes the ports from what is known last: after inserting, or from the probe. */
static enum ud_code take_ports(struct ud_load *load, struct ud_error *err)
{
    const struct ud_buf *status = ud_facts_fill_blob(&load->after, UD_BLOB_VHCI_STATUS);
    if (load->count == 0) {
        load->result->ports = load->facts.ports;
        load->facts.ports = (struct ud_vhci_ports){0};
    } else if (status != NULL) {
        UD_TRY(ud_vhci_parse(status->data, status->len, &load->result->ports, err));
    }
    if (load->result->ports.len == 0) {
        return ud_fail(err, UD_ERR_REFUSED, "Look at the VM's kernel log (dmesg).",
                       "the modules are in, but the device vhci_hcd.0 shows no ports");
    }
    return UD_OK;
}

static enum ud_code load_run(struct ud_load *load, struct ud_error *err)
{
    UD_TRY(ud_load_begin(load, err));
    UD_TRY(ud_load_choose(load, err));
    if (load->count > 0) {
        UD_TRY(ud_load_insert(load, err));
    }
    return take_ports(load, err);
}

enum ud_code ud_app_load(const struct ud_app *app, const struct ud_load_options *options,
                         struct ud_load_result *ret, struct ud_error *err)
{
    return ud_load_use_case(app, options, load_run, ret, err);
}
