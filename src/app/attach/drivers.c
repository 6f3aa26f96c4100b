#include "attach/drivers.h"

#include <stdlib.h>
#include <string.h>

#include "load/steps.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"
#include "vm/probe.h"
#include "vm/vm_modules.h"

enum ud_code ud_attach_drivers_ask(const struct ud_attach_session *session,
                                   const struct ud_strv *modaliases, struct ud_attach_answer *ret,
                                   struct ud_error *err)
{
    struct ud_strv args = {0};
    *ret = (struct ud_attach_answer){0};
    if (modaliases->len == 0) {
        return UD_OK;
    }
    ud_strv_add(&args, UD_OP_ALIASES);
    ud_strv_add(&args, UD_OPS_FLAG_ENTER);
    for (size_t i = 0; i < modaliases->len && i < UD_OPS_MODALIASES_MAX; i++) {
        ud_strv_add(&args, modaliases->items[i]);
    }
    enum ud_code rc = ud_attach_ask(session, UD_ROLE_PROBE_VM, &args, ret, err);
    ud_strv_done(&args);
    return rc;
}

void ud_attach_drivers_of(const struct ud_attach_answer *answer, const char *modalias,
                          struct ud_strv *ret)
{
    const struct ud_facts_fill *facts = &answer->facts;
    for (size_t i = 0; i < facts->keys.len; i++) {
        const char *key = facts->keys.items[i];
        if (ud_str_starts(key, UD_FACT_ALIAS_PREFIX) &&
            strcmp(key + strlen(UD_FACT_ALIAS_PREFIX), modalias) == 0 &&
            !ud_strv_has(ret, facts->values.items[i])) {
            ud_strv_add(ret, facts->values.items[i]);
        }
    }
}

/* As load does it, with these files and no others. */
static enum ud_code drivers_insert_files(struct ud_load *load, const struct ud_strv *paths,
                                         struct ud_strv *ret, struct ud_error *err)
{
    load->items = ud_alloc(paths->len, sizeof *load->items);
    for (size_t i = 0; i < paths->len; i++) {
        load->items[load->count++] = (struct ud_load_item){
            .name = ud_vm_modules_stem(paths->items[i]),
            .origin = UD_ORIGIN_TEXT_OWN,
            .data = load->own.items[i].bytes.data,
            .len = load->own.items[i].bytes.len,
        };
    }
    UD_TRY(ud_load_insert(load, err));
    for (size_t i = 0; i < load->result->module_count; i++) {
        ud_strv_add(ret, load->result->modules[i].name);
    }
    return UD_OK;
}

static enum ud_code drivers_insert(struct ud_load *load, const struct ud_strv *names,
                                   struct ud_strv *ret, struct ud_error *err)
{
    struct ud_strv paths = {0};
    UD_TRY(ud_probe(load->app, load->vm.engine, &load->facts, err));
    for (size_t i = 0; i < names->len; i++) {
        ud_vm_modules_add(&load->facts, names->items[i], false, &paths);
    }
    enum ud_code rc = ud_vm_modules_read(load->app, load->vm.engine, &load->facts, false, &paths,
                                         &load->own, err);
    if (rc == UD_OK && paths.len > 0) {
        rc = drivers_insert_files(load, &paths, ret, err);
    }
    ud_strv_done(&paths);
    return rc;
}

enum ud_code ud_attach_drivers_insert(const struct ud_attach_session *session,
                                      const struct ud_strv *names, struct ud_strv *ret,
                                      struct ud_error *err)
{
    const struct ud_load_options options = {0};
    struct ud_load_result result = {0};
    if (names->len == 0) {
        return UD_OK;
    }
    struct ud_load load = {.app = session->app,
                           .options = &options,
                           .result = &result,
                           .vm = {.engine = session->vm.engine}};
    enum ud_code rc = drivers_insert(&load, names, ret, err);
    load.vm.engine = NULL; /* the session's */
    ud_load_release(&load);
    ud_load_result_done(&result);
    return rc;
}

/* ---- of a device that is attached ---- */

/* The modaliases of interfaces without a driver. */
static void drivers_find_missing(const struct ud_reported_device *device, struct ud_strv *ret)
{
    ud_strv_done(ret);
    for (size_t i = 0; i < device->interface_count; i++) {
        const struct ud_report_interface *interface = &device->interfaces[i];
        if (interface->driver[0] == '\0' && !ud_strv_has(ret, interface->modalias)) {
            ud_strv_add(ret, interface->modalias);
        }
    }
}

/* Looks again until drivers have bound, for as long as the helper itself would have waited. */
static enum ud_code drivers_look_again(const struct ud_attach_session *session, unsigned port,
                                       struct ud_attached *ret, struct ud_error *err)
{
    for (unsigned waited = 0; ret->missing.len > 0 && waited <= UD_PATIENCE_DRIVERS_MS;
         waited += UD_PATIENCE_SETTLE_MS) {
        struct ud_attach_answer answer;
        struct ud_device_report report;
        if (waited > 0) {
            UD_TRY(ud_engine_pause(session->vm.engine, UD_PATIENCE_SETTLE_MS, err));
        }
        enum ud_code rc = ud_attach_look(session, &answer, &report, err);
        for (size_t i = 0; rc == UD_OK && i < report.count; i++) {
            if (report.devices[i].port == port) {
                struct ud_reported_device other = ret->report.devices[0];
                ret->report.devices[0] = report.devices[i];
                report.devices[i] = other;
                drivers_find_missing(&ret->report.devices[0], &ret->missing);
            }
        }
        ud_device_report_done(&report);
        ud_attach_answer_done(&answer);
        UD_TRY(rc);
    }
    return UD_OK;
}

enum ud_code ud_attach_drivers_serve(const struct ud_attach_session *session,
                                     struct ud_attached *ret, struct ud_error *err)
{
    struct ud_attach_answer answer;
    struct ud_strv names = {0};
    drivers_find_missing(&ret->report.devices[0], &ret->missing);
    if (ret->missing.len == 0) {
        return UD_OK;
    }
    enum ud_code rc = ud_attach_drivers_ask(session, &ret->missing, &answer, err);
    for (size_t i = 0; i < ret->missing.len && rc == UD_OK; i++) {
        ud_attach_drivers_of(&answer, ret->missing.items[i], &names);
    }
    if (rc == UD_OK) {
        rc = ud_attach_drivers_insert(session, &names, &ret->loaded, err);
    }
    if (rc == UD_OK && ret->loaded.len > 0) {
        rc = drivers_look_again(session, ret->report.devices[0].port, ret, err);
    }
    ud_attach_answer_done(&answer);
    ud_strv_done(&names);
    return rc;
}
