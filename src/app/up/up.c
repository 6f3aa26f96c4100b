#include "app/up/up.h"

#include <stdlib.h>
#include <string.h>

#include "app/load/load.h"
#include "artifacts/learn.h"
#include "attach/drivers.h"
#include "up/steps.h"
#include "usbip/server.h"
#include "util/mem.h"
#include "vm/engine_kind.h"

void ud_up_result_done(struct ud_up_result *result)
{
    for (size_t i = 0; i < result->count; i++) {
        ud_attached_done(&result->devices[i].attached);
    }
    free(result->devices);
    free(result->server);
    free(result->built);
    ud_strv_done(&result->loaded);
    *result = (struct ud_up_result){0};
}

/* ---- before anything is done ---- */

static enum ud_code up_on_inserting(void *ctx, const struct ud_strv *names, struct ud_error *err)
{
    struct ud_up *up = ctx;
    up->result->changed = true;
    ud_strv_done(&up->noted);
    for (size_t i = 0; i < names->len; i++) {
        if (!ud_strv_has(&up->journal.modules, names->items[i])) {
            ud_strv_add(&up->noted, names->items[i]);
            ud_strv_add(&up->journal.modules, names->items[i]);
        }
    }
    return ud_journal_save(&up->journal, err);
}

/* What was noted before stays: a later round finds our own modules there. */
static void up_on_not_inserted(void *ctx, const struct ud_strv *names)
{
    struct ud_up *up = ctx;
    for (size_t i = 0; i < names->len; i++) {
        if (ud_strv_has(&up->noted, names->items[i])) {
            ud_journal_drop(&up->journal.modules, names->items[i]);
        }
    }
    (void)!ud_journal_save(&up->journal, NULL);
}

/* All is there, and nobody has to be asked more. */
static bool up_is_complete(const struct ud_up *up)
{
    bool complete = up->options->build.with.len == 0;
    for (size_t i = 0; i < up->count; i++) {
        const struct ud_up_target *target = &up->targets[i];
        complete = complete && target->attached && target->now.missing.len == 0;
    }
    return complete;
}

static void up_add_lines(const struct ud_device_report *report, struct ud_strv *ret)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct ud_reported_device *device = &report->devices[i];
        char *line = ud_journal_attached(device);
        ud_strv_add(ret, line);
        free(line);
    }
}

/* What is not there any more was undone by hand, or never came to be done. */
static void up_prune_journal(struct ud_up *up)
{
    struct ud_strv modules = {0};
    struct ud_strv devices = {0};
    struct ud_strv attached = {0};
    up_add_lines(&up->seen, &attached);
    for (size_t i = 0; i < up->count; i++) {
        up_add_lines(&up->targets[i].now.report, &attached);
    }
    for (size_t i = 0; i < up->journal.modules.len; i++) {
        if (ud_loaded_find(&up->facts.loaded, up->journal.modules.items[i]) != NULL) {
            ud_strv_add(&modules, up->journal.modules.items[i]);
        }
    }
    for (size_t i = 0; i < up->journal.devices.len; i++) {
        if (ud_strv_has(&attached, up->journal.devices.items[i])) {
            ud_strv_add(&devices, up->journal.devices.items[i]);
        }
    }
    ud_strv_done(&attached);
    ud_strv_done(&up->journal.modules);
    ud_strv_done(&up->journal.devices);
    up->journal.modules = modules;
    up->journal.devices = devices;
}

/* What another run did between the looks at the VM and the lock is to be seen: else it would be
 * taken for undone. */
static enum ud_code up_know_journal(struct ud_up *up, struct ud_error *err)
{
    const struct ud_build_options *build = &up->options->build;
    bool known = true;
    if (up->journal.devices.len > 0) {
        UD_TRY(ud_up_look(up, true, err));
    }
    for (size_t i = 0; i < up->journal.modules.len; i++) {
        known = known && ud_loaded_find(&up->facts.loaded, up->journal.modules.items[i]) != NULL;
    }
    if (known) {
        return UD_OK;
    }
    ud_facts_done(&up->facts);
    return ud_learn_kernel(&up->app, up->session.vm.engine, build->kernel_config, build->output,
                           &up->facts, err);
}

static enum ud_code up_prepare(struct ud_up *up, struct ud_error *err)
{
    const struct ud_build_options *build = &up->options->build;
    UD_TRY(ud_kernel_access_check_root(&up->session.engine, err));
    UD_TRY(ud_learn_kernel(&up->app, up->session.vm.engine, build->kernel_config, build->output,
                           &up->facts, err));
    UD_TRY(ud_kernel_access_check_native(ud_vm_is_this_machine(&up->facts), up->options->native,
                                         up->session.vm.endpoint, err));
    UD_TRY(ud_journal_open(up->session.vm.endpoint, up->facts.boot_id, &up->journal, err));
    UD_TRY(up_know_journal(up, err));
    up_prune_journal(up);
    ud_plan_look(&up->facts, &up->plan);
    ud_up_read_dist(up);
    return UD_OK;
}

/* ---- modules ---- */

static enum ud_code up_load(struct ud_up *up, struct ud_error *err)
{
    const struct ud_load_options options = {
        .vm = up->options->build.vm,
        .input = up->modules,
        .kernel_config = up->options->build.kernel_config,
        .native = up->options->native,
    };
    struct ud_load_result result = {0};
    UD_TRY(ud_app_load(&up->app, &options, &result, err));
    for (size_t i = 0; i < result.module_count; i++) {
        if (strcmp(result.modules[i].verdict, "inserted") == 0) {
            ud_strv_add(&up->result->loaded, result.modules[i].name);
        }
    }
    ud_load_result_done(&result);
    return UD_OK;
}

/* A device without a driver is of use to programs too: that none can be built is told. */
static enum ud_code up_build_drivers(struct ud_up *up, const struct ud_strv *devices,
                                     struct ud_error *err)
{
    struct ud_error why = {0};
    enum ud_code rc = ud_up_build(up, devices, &why);
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_error_pass(err, &why);
    }
    up->asked_in_vain = rc != UD_OK;
    if (rc != UD_OK) {
        ud_report_message(up->app.report, UD_REPORT_WARN,
                          "not every interface has a driver, and none was built: %s%s%s",
                          why.message, why.remedy[0] != '\0' ? ". " : "", why.remedy);
    }
    return UD_OK;
}

/* One build for all that is known to be missing. */
static enum ud_code up_bring_modules(struct ud_up *up, struct ud_error *err)
{
    struct ud_strv devices = {0};
    bool lacks = ud_up_lacks_modules(up);
    ud_up_lacks_drivers(up, lacks, &devices);
    bool build = lacks || devices.len > 0;
    enum ud_code rc = UD_OK;
    if (build) {
        rc = lacks ? ud_up_build(up, &devices, err) : up_build_drivers(up, &devices, err);
    }
    ud_strv_done(&devices);
    UD_TRY(rc);
    bool drivers = ud_up_has_unloaded(up) && (build || up->options->build.with.len > 0);
    for (size_t i = 0; i < up->count; i++) {
        const struct ud_up_target *target = &up->targets[i];
        drivers = drivers || (!target->attached && !target->has_module && ud_up_has_unloaded(up));
    }
    return !up->vhci || drivers ? up_load(up, err) : UD_OK;
}

/* ---- devices ---- */

/* The line of the journal for a device that was found in the server's list. */
static enum ud_code up_device_line(const struct ud_up *up, const char *busid, char **ret,
                                   struct ud_error *err)
{
    struct ud_usbip_server server;
    UD_TRY(ud_usbip_server_parse(up->result->server, &server, err));
    *ret = ud_journal_device(server.host, server.port, busid);
    return UD_OK;
}

static enum ud_code up_try_attach(struct ud_up *up, struct ud_up_target *target,
                                  struct ud_error *err)
{
    bool by_serial = target->selector.serial[0] != '\0';
    const struct ud_attach_options options = {
        .vm = up->options->build.vm,
        .remote = up->options->remote,
        .busid = by_serial ? NULL : target->device.busid,
        .hardware_id = by_serial ? target->named : NULL,
        .mode = up->options->mode,
        .group = up->options->group,
        .input = up->modules,
        .native = up->options->native,
    };
    return ud_app_attach(&up->app, &options, &target->now, err);
}

/* The server may have answered at another address, or given another bus id, than when it was asked
 * for its list; `down` knows the device by what its port tells. */
static enum ud_code up_note_device(struct ud_up *up, const struct ud_reported_device *device,
                                   const char *noted, struct ud_error *err)
{
    if (device->server_host[0] == '\0') {
        return UD_OK;
    }
    char *line = ud_journal_attached(device);
    const bool same = strcmp(line, noted) == 0;
    if (!same) {
        ud_journal_drop(&up->journal.devices, noted);
        ud_journal_add(&up->journal.devices, line);
    }
    free(line);
    return same ? UD_OK : ud_journal_save(&up->journal, err);
}

static enum ud_code up_attach(struct ud_up *up, struct ud_up_target *target, struct ud_error *err)
{
    char *line = NULL;
    UD_TRY(up_device_line(up, target->device.busid, &line, err));
    ud_journal_add(&up->journal.devices, line);
    enum ud_code rc = ud_journal_save(&up->journal, err);
    if (rc == UD_OK) {
        rc = up_try_attach(up, target, err);
    }
    if (rc == UD_OK) {
        rc = up_note_device(up, &target->now.report.devices[0], line, err);
    }
    if (rc == UD_OK) {
        up->result->changed = true;
        target->attached = true;
        for (size_t i = 0; i < target->now.loaded.len; i++) {
            ud_journal_add(&up->result->loaded, target->now.loaded.items[i]);
        }
    } else if (rc == UD_ERR_BUSY || rc == UD_ERR_NOT_FOUND) {
        /* Of all others nobody knows; a line of what is not attached does no harm. */
        ud_journal_drop(&up->journal.devices, line);
        (void)!ud_journal_save(&up->journal, NULL);
    }
    free(line);
    return rc;
}

static enum ud_code up_attach_all(struct ud_up *up, struct ud_error *err)
{
    for (size_t i = 0; i < up->count; i++) {
        if (!up->targets[i].attached) {
            UD_TRY(up_attach(up, &up->targets[i], err));
        }
    }
    return UD_OK;
}

/* ---- drivers of devices that are attached ---- */

static enum ud_code up_load_late(struct ud_up *up, struct ud_error *err)
{
    UD_TRY(up_load(up, err));
    for (size_t i = 0; i < up->count; i++) {
        struct ud_up_target *target = &up->targets[i];
        if (target->now.missing.len + target->now.children.len > 0) {
            UD_TRY(ud_attach_settle(&up->session, up->options->mode, up->options->group,
                                    &target->now, err));
        }
    }
    return UD_OK;
}

/* What is known of a device only now that it is attached: its interfaces. */
static enum ud_code up_serve(struct ud_up *up, struct ud_error *err)
{
    struct ud_strv devices = {0};
    if (ud_up_has_late(up)) {
        UD_TRY(up_load_late(up, err));
    }
    if (up->asked_in_vain) {
        return UD_OK;
    }
    ud_up_lacks_late(up, &devices);
    enum ud_code rc = devices.len > 0 ? up_build_drivers(up, &devices, err) : UD_OK;
    ud_strv_done(&devices);
    if (rc == UD_OK && ud_up_has_late(up)) {
        rc = up_load_late(up, err);
    }
    if (rc != UD_OK || up->asked_in_vain) {
        return rc;
    }
    ud_up_note_tried(up);
    return ud_journal_save(&up->journal, err);
}

/* ---- all of it ---- */

static enum ud_code up_run(struct ud_up *up, struct ud_error *err)
{
    UD_TRY(ud_up_read_targets(up, err));
    UD_TRY(ud_attach_session_begin(&up->app, &up->options->build.vm, &up->session, err));
    UD_TRY(ud_attach_server_find(&up->session, up->options->remote, &up->server, err));
    ud_report_step(up->app.report, "Looking at what is attached");
    UD_TRY(ud_up_look(up, true, err));
    ud_report_step_end(up->app.report, NULL);
    UD_TRY(ud_up_find_targets(up, err));
    if (up_is_complete(up)) {
        return UD_OK;
    }
    UD_TRY(up_prepare(up, err));
    UD_TRY(up_bring_modules(up, err));
    UD_TRY(up_attach_all(up, err));
    return up_serve(up, err);
}

static void up_take_devices(struct ud_up *up)
{
    struct ud_up_result *result = up->result;
    result->devices = ud_alloc(up->count, sizeof *result->devices);
    for (size_t i = 0; i < up->count; i++) {
        struct ud_up_target *target = &up->targets[i];
        result->devices[result->count++] =
            (struct ud_up_device){.already = target->already, .attached = target->now};
        target->now = (struct ud_attached){0};
    }
}

static void up_release(struct ud_up *up)
{
    ud_up_targets_done(up);
    ud_journal_done(&up->journal);
    ud_dist_done(&up->dist);
    ud_plan_done(&up->plan);
    ud_facts_done(&up->facts);
    ud_listing_done(&up->listing);
    ud_strv_done(&up->chosen);
    ud_strv_done(&up->asked);
    ud_device_report_done(&up->seen);
    ud_attach_server_done(&up->server);
    ud_attach_session_done(&up->session);
    ud_strv_done(&up->noted);
    free(up->modules);
}

enum ud_code ud_app_up(const struct ud_app *app, const struct ud_up_options *options,
                       struct ud_up_result *ret, struct ud_error *err)
{
    struct ud_up_result result = {0};
    struct ud_up up = {.options = options, .result = &result};
    up.watch = (struct ud_insert_watch){&up, up_on_inserting, up_on_not_inserted};
    up.app = (struct ud_app){.report = app->report, .inserts = &up.watch};
    up.modules = options->build.output != NULL ? ud_strdup(options->build.output) : NULL;
    enum ud_code rc = up_run(&up, err);
    if (rc == UD_OK) {
        up_take_devices(&up);
        *ret = result;
    } else {
        if (result.changed) {
            ud_report_message(app->report, UD_REPORT_NOTE,
                              "what was done so far stays: `up` goes on from there, `down` undoes "
                              "it");
        }
        ud_up_result_done(&result);
    }
    up_release(&up);
    return rc;
}
