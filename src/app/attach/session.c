#include "attach/session.h"

#include <stdlib.h>
#include <string.h>

#include "engine/sweep.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "proto/verdict.h"
#include "util/mem.h"
#include "vm/engine_kind.h"
#include "vm/helper_call.h"
#include "vm/helper_image.h"
#include "vm/probe.h"

enum ud_code ud_attach_session_begin(const struct ud_app *app,
                                     const struct ud_engine_choice *choice,
                                     struct ud_attach_session *ret, struct ud_error *err)
{
    *ret = (struct ud_attach_session){.app = app};
    UD_TRY(ud_app_connect(app, choice, &ret->vm, err));
    ud_sweep(app, ret->vm.engine);
    UD_TRY(ud_engine_info(ret->vm.engine, &ret->engine, err));
    return ud_helper_image_ensure(app, ret->vm.engine, &ret->image, err);
}

void ud_attach_session_done(struct ud_attach_session *session)
{
    free(session->image);
    ud_engine_info_done(&session->engine);
    ud_connection_done(&session->vm);
    *session = (struct ud_attach_session){0};
}

enum ud_code ud_attach_session_check_kernel(const struct ud_attach_session *session, bool native,
                                            struct ud_error *err)
{
    UD_TRY(ud_kernel_access_check_root(&session->engine, err));
    if (native || !ud_vm_may_be_this_machine(&session->engine)) {
        return UD_OK;
    }
    /* Only the kernel itself can tell, which takes a container. */
    struct ud_facts facts = {0};
    UD_TRY(ud_probe(session->app, session->vm.engine, &facts, err));
    bool here = ud_vm_is_this_machine(&facts);
    ud_facts_done(&facts);
    return ud_kernel_access_check_native(here, native, session->vm.endpoint, err);
}

void ud_attach_answer_done(struct ud_attach_answer *answer)
{
    ud_facts_fill_done(&answer->facts);
    ud_strv_done(&answer->results);
    ud_strv_done(&answer->klog);
}

enum ud_code ud_attach_answer_take(struct ud_attach_answer *answer, const struct ud_report *report,
                                   const struct ud_record *record, struct ud_error *err)
{
    if (record->type == UD_RECORD_RESULT) {
        ud_strv_addf(&answer->results, "%s %s %s", record->name, ud_verdict_name(record->verdict),
                     record->text);
    } else if (record->type == UD_RECORD_KLOG) {
        ud_report_message(report, UD_REPORT_DETAIL, "kernel: %s", record->text);
        ud_strv_add(&answer->klog, record->text);
    } else if (record->type == UD_RECORD_FACT && strcmp(record->name, UD_FACT_WARNING) == 0) {
        ud_report_message(report, UD_REPORT_WARN, "%s", record->text);
    } else {
        return ud_facts_fill_record(&answer->facts, record, err);
    }
    return UD_OK;
}

void ud_attach_answer_explain(const struct ud_attach_answer *answer, struct ud_error *err)
{
    const char *remedy = ud_facts_fill_get(&answer->facts, UD_FACT_REMEDY);
    if (answer->klog.len > 0 && err != NULL) {
        char *lines = ud_strv_join(&answer->klog, "; ");
        struct ud_error why = *err;
        (void)ud_fail(err, why.code, why.remedy, "%s. The kernel's log says: %s", why.message,
                      lines);
        free(lines);
    }
    if (remedy != NULL) {
        ud_error_remedy(err, "%s", remedy);
    }
}

enum ud_code ud_attach_hardware_id(const char *text, struct ud_usbip_selector *ret,
                                   struct ud_error *err)
{
    UD_TRY(ud_usbip_selector_parse(text, ret, err));
    return ret->busid[0] == '\0'
               ? UD_OK
               : ud_fail(err, UD_ERR_USAGE, "Write VID:PID in hexadecimal, such as 0403:6001.",
                         "%.64s is not a hardware id", text);
}

bool ud_attach_has_ids(const struct ud_reported_device *device,
                       const struct ud_usbip_selector *selector)
{
    return device->ids_known && device->vendor == selector->vendor &&
           device->product == selector->product && ud_usbip_serial_fits(selector, device->serial);
}

static void session_add_lacking(struct ud_strv *list, const char *modalias)
{
    if (modalias[0] != '\0' && !ud_strv_has(list, modalias)) {
        ud_strv_add(list, modalias);
    }
}

void ud_attach_list_lacking(const struct ud_reported_device *device, struct ud_strv *interfaces,
                            struct ud_strv *children)
{
    ud_strv_done(interfaces);
    ud_strv_done(children);
    for (size_t i = 0; i < device->interface_count; i++) {
        if (device->interfaces[i].driver[0] == '\0') {
            session_add_lacking(interfaces, device->interfaces[i].modalias);
        }
    }
    for (size_t i = 0; i < device->children.len; i++) {
        session_add_lacking(children, device->children.items[i]);
    }
}

void ud_attach_add_access(const char *mode, const char *group, struct ud_strv *args)
{
    if (mode != NULL) {
        ud_strv_add(args, UD_OPS_FLAG_MODE);
        ud_strv_add(args, mode);
    }
    if (group != NULL) {
        ud_strv_add(args, UD_OPS_FLAG_GROUP);
        ud_strv_add(args, group);
    }
}

struct asking {
    const struct ud_app *app;
    struct ud_attach_answer *answer;
};

static enum ud_code session_on_record(void *ctx, const struct ud_record *record,
                                      struct ud_error *err)
{
    const struct asking *asking = ctx;
    return ud_attach_answer_take(asking->answer, asking->app->report, record, err);
}

enum ud_code ud_attach_ask(const struct ud_attach_session *session, enum ud_role role,
                           const struct ud_strv *args, struct ud_attach_answer *ret,
                           struct ud_error *err)
{
    *ret = (struct ud_attach_answer){0};
    struct asking asking = {session->app, ret};
    const struct ud_helper_call call = {
        .role = role,
        .image = session->image,
        .args = *args,
        .record = session_on_record,
        .ctx = &asking,
        .stays = role == UD_ROLE_GUARD,
    };
    enum ud_code rc = ud_helper_call_run(session->vm.engine, &call, err);
    if (rc != UD_OK) {
        ud_attach_answer_explain(ret, err);
    }
    return rc;
}

enum ud_code ud_attach_answer_devices(const struct ud_attach_answer *answer,
                                      struct ud_device_report *ret, struct ud_error *err)
{
    const struct ud_buf *blob = ud_facts_fill_blob(&answer->facts, UD_BLOB_DEVICES);
    *ret = (struct ud_device_report){0};
    if (blob == NULL) {
        return UD_OK;
    }
    return ud_device_report_read((struct ud_slice){blob->data, blob->len}, ret, err);
}
