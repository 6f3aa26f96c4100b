#include <string.h>

#include "attach/drivers.h"
#include "load/drivers.h"
#include "proto/ops.h"
#include "util/report.h"

/* A stick needs two: usb-storage finds a disk, sd_mod serves it. A keyboard needs three. */
enum { ROUNDS_MAX = 4 };

/* A device whose drivers are looked for. */
struct serving {
    const struct ud_attach_session *session;
    const struct ud_attach_options *options;
    struct ud_attached *attached;
    struct ud_strv asked; /* modaliases that were looked for already */
    bool acted;           /* in this round: modules were inserted, or somebody was faster */
    struct ud_load_drivers load;
};

/* ---- what lacks a driver ---- */

static void serve_add(struct ud_strv *list, const char *modalias)
{
    if (modalias[0] != '\0' && !ud_strv_has(list, modalias)) {
        ud_strv_add(list, modalias);
    }
}

static void serve_list_new(const struct serving *serving, const struct ud_strv *missing,
                           struct ud_strv *ret)
{
    for (size_t i = 0; i < missing->len; i++) {
        if (!ud_strv_has(&serving->asked, missing->items[i])) {
            ud_strv_add(ret, missing->items[i]);
        }
    }
}

/* ---- what is inserted ---- */

/* Of one module, or of several together. Only an interruption is an error: without the driver the
 * device is attached all the same. */
static enum ud_code serve_insert(struct serving *serving, const struct ud_strv *own,
                                 const struct ud_strv *ours, bool *ret_done, struct ud_error *err)
{
    const struct ud_attach_session *session = serving->session;
    struct ud_error why = {0};
    enum ud_code rc = ud_load_drivers(&serving->load, own, ours, &serving->attached->loaded, &why);
    *ret_done = rc == UD_OK;
    serving->acted = serving->acted || (rc == UD_OK && own->len + ours->len > 0);
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_error_pass(err, &why);
    }
    if (rc != UD_OK && own->len + ours->len == 1) {
        ud_report_message(session->app->report, UD_REPORT_WARN,
                          "the driver %s is not inserted: %s%s%s",
                          own->len > 0 ? own->items[0] : ours->items[0], why.message,
                          why.remedy[0] != '\0' ? ". " : "", why.remedy);
    }
    return UD_OK;
}

/* All at once, and when the kernel does not take one of them, each by itself. */
static enum ud_code serve_insert_all(struct serving *serving, const struct ud_strv *own,
                                     const struct ud_strv *ours, struct ud_error *err)
{
    static const struct ud_strv none = {0};
    bool done = true;
    if (own->len + ours->len > 0) {
        UD_TRY(serve_insert(serving, own, ours, &done, err));
    }
    if (done || own->len + ours->len == 1) {
        return UD_OK;
    }
    for (size_t i = 0; i < own->len + ours->len; i++) {
        const struct ud_strv *from = i < own->len ? own : ours;
        const size_t at = i < own->len ? i : i - own->len;
        const struct ud_strv one = {.items = &from->items[at], .len = 1};
        UD_TRY(serve_insert(serving, from == own ? &one : &none, from == own ? &none : &one, &done,
                            err));
    }
    return UD_OK;
}

/* Artifacts count only where the VM has nothing. */
static void serve_choose(const struct ud_attach_drivers *drivers, const char *modalias,
                         struct ud_strv *own, struct ud_strv *ours)
{
    struct ud_found_drivers found = {0};
    bool vm_has_one = false;
    ud_attach_drivers_find(drivers, modalias, &found);
    for (size_t i = 0; i < found.count; i++) {
        const struct ud_found_driver *driver = &found.items[i];
        vm_has_one = vm_has_one || driver->place != UD_DRIVER_IN_DIST;
        if (driver->place == UD_DRIVER_IN_VM) {
            serve_add(own, driver->module);
        } else if (driver->place == UD_DRIVER_IN_DIST && !vm_has_one) {
            serve_add(ours, driver->module);
        }
    }
    ud_found_drivers_done(&found);
}

static enum ud_code serve_load(struct serving *serving, const struct ud_strv *modaliases,
                               struct ud_error *err)
{
    struct ud_attach_drivers drivers;
    struct ud_strv own = {0};
    struct ud_strv ours = {0};
    enum ud_code rc =
        ud_attach_drivers_ask(serving->session, serving->options->input, modaliases, &drivers, err);
    for (size_t i = 0; i < modaliases->len; i++) {
        ud_strv_add(&serving->asked, modaliases->items[i]);
        if (rc == UD_OK) {
            serve_choose(&drivers, modaliases->items[i], &own, &ours);
        }
    }
    if (rc == UD_OK) {
        rc = serve_insert_all(serving, &own, &ours, err);
    }
    ud_attach_drivers_done(&drivers);
    ud_strv_done(&own);
    ud_strv_done(&ours);
    return rc;
}

/* ---- what came of it ---- */

enum ud_code ud_attach_settle(const struct ud_attach_session *session, const char *mode,
                              const char *group, struct ud_attached *attached, struct ud_error *err)
{
    struct ud_reported_device *device = &attached->report.devices[0];
    struct ud_strv args = {0};
    struct ud_attach_answer answer;
    struct ud_device_report report = {0};
    ud_strv_add(&args, UD_OP_SETTLE);
    ud_attach_add_access(mode, group, &args);
    ud_strv_addf(&args, "%u", device->port);
    enum ud_code rc = ud_attach_ask(session, UD_ROLE_ATTACH, &args, &answer, err);
    if (rc == UD_OK) {
        rc = ud_attach_answer_devices(&answer, &report, err);
    }
    if (rc == UD_OK && report.count == 1) {
        struct ud_reported_device other = *device;
        *device = report.devices[0];
        report.devices[0] = other;
    }
    ud_attach_list_lacking(device, &attached->missing, &attached->children);
    ud_device_report_done(&report);
    ud_attach_answer_done(&answer);
    ud_strv_done(&args);
    return rc;
}

/* *ret_more says that something was inserted, perhaps by somebody else, so that there may be more
 * to serve. */
static enum ud_code serve_round(struct serving *serving, bool *ret_more, struct ud_error *err)
{
    struct ud_attached *attached = serving->attached;
    struct ud_strv new = {0};
    serving->acted = false;
    ud_attach_list_lacking(&attached->report.devices[0], &attached->missing, &attached->children);
    serve_list_new(serving, &attached->missing, &new);
    serve_list_new(serving, &attached->children, &new);
    enum ud_code rc = new.len > 0 ? serve_load(serving, &new, err) : UD_OK;
    ud_strv_done(&new);
    *ret_more = serving->acted;
    if (rc == UD_OK && *ret_more) {
        rc = ud_attach_settle(serving->session, serving->options->mode, serving->options->group,
                              attached, err);
    }
    return rc;
}

enum ud_code ud_attach_drivers_serve(const struct ud_attach_session *session,
                                     const struct ud_attach_options *options,
                                     struct ud_attached *ret, struct ud_error *err)
{
    struct serving serving = {
        .session = session,
        .options = options,
        .attached = ret,
        .load = {.app = session->app, .engine = session->vm.engine, .input = options->input},
    };
    enum ud_code rc = UD_OK;
    bool more = true;
    for (int round = 0; rc == UD_OK && more && round < ROUNDS_MAX; round++) {
        rc = serve_round(&serving, &more, err);
    }
    ud_attach_list_lacking(&ret->report.devices[0], &ret->missing, &ret->children);
    ud_facts_done(&serving.load.facts);
    ud_strv_done(&serving.asked);
    return rc;
}
