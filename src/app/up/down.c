/* What `up` did, undone. */
#include <stdlib.h>
#include <string.h>

#include "app/load/load.h"
#include "app/up/up.h"
#include "attach/session.h"
#include "kernel/modlist/modlist.h"
#include "up/journal.h"
#include "util/mem.h"
#include "vm/engine_kind.h"
#include "vm/probe.h"

struct down {
    const struct ud_app *app;
    const struct ud_down_options *options;
    struct ud_down_result *result;
    struct ud_attach_session session;
    struct ud_facts facts;
    struct ud_journal journal;
    struct ud_device_report seen;
};

void ud_down_result_done(struct ud_down_result *result)
{
    ud_detached_done(&result->detached);
    ud_detached_done(&result->others);
    ud_strv_done(&result->removed);
    ud_strv_done(&result->kept);
}

static enum ud_code down_look(struct down *down, struct ud_error *err)
{
    struct ud_attach_answer answer = {0};
    enum ud_code rc = ud_attach_look(&down->session, &answer, &down->seen, err);
    ud_attach_answer_done(&answer);
    return rc;
}

static void down_add(struct ud_detached *list, unsigned port, char *name)
{
    list->ports = ud_realloc(list->ports, list->count + 1, sizeof *list->ports);
    list->ports[list->count++] = (struct ud_detached_port){.port = port, .device = name};
}

static enum ud_code down_detach_one(struct down *down, const struct ud_reported_device *device,
                                    struct ud_error *err)
{
    struct ud_detached detached = {0};
    char *port = ud_strf("%u", device->port);
    const struct ud_detach_options options = {.vm = down->options->vm,
                                              .port = port,
                                              .force = down->options->force,
                                              .native = down->options->native};
    enum ud_code rc = ud_app_detach(down->app, &options, &detached, err);
    for (size_t i = 0; i < detached.count; i++) {
        down_add(&down->result->detached, detached.ports[i].port, detached.ports[i].device);
        detached.ports[i].device = NULL;
    }
    ud_detached_done(&detached);
    free(port);
    return rc;
}

/* A device of the journal that is not attached any more was detached by hand. */
static enum ud_code down_detach(struct down *down, struct ud_error *err)
{
    for (size_t i = 0; i < down->seen.count; i++) {
        const struct ud_reported_device *device = &down->seen.devices[i];
        char *line = ud_journal_attached(device);
        bool ours = ud_strv_has(&down->journal.devices, line);
        free(line);
        if (ours) {
            UD_TRY(down_detach_one(down, device, err));
        } else {
            const char *blank = device->product_name[0] != '\0' ? " " : "";
            down_add(&down->result->others, device->port,
                     ud_strf("%04x:%04x%s%s", device->vendor, device->product, blank,
                             device->product_name));
        }
    }
    ud_strv_done(&down->journal.devices);
    ud_strv_done(&down->journal.tried);
    return ud_journal_save(&down->journal, err);
}

/* Those that are loaded, the last inserted first. */
static void down_list_modules(const struct down *down, struct ud_strv *ret)
{
    for (size_t i = down->journal.modules.len; i > 0; i--) {
        const char *name = down->journal.modules.items[i - 1];
        if (ud_loaded_find(&down->facts.loaded, name) != NULL) {
            ud_strv_add(ret, name);
        }
    }
}

static enum ud_code down_unload(struct down *down, const struct ud_strv *names,
                                struct ud_error *err)
{
    const struct ud_load_options options = {
        .vm = down->options->vm, .native = down->options->native, .only = names};
    struct ud_load_result result = {0};
    UD_TRY(ud_app_unload(down->app, &options, &result, err));
    for (size_t i = 0; i < result.module_count; i++) {
        if (strcmp(result.modules[i].verdict, "removed") == 0) {
            ud_strv_add(&down->result->removed, result.modules[i].name);
        }
    }
    ud_load_result_done(&result);
    return UD_OK;
}

static enum ud_code down_modules(struct down *down, struct ud_error *err)
{
    struct ud_strv names = {0};
    enum ud_code rc = UD_OK;
    down_list_modules(down, &names);
    if (names.len > 0 && down->result->others.count > 0) {
        for (size_t i = 0; i < names.len; i++) {
            ud_strv_add(&down->result->kept, names.items[i]);
        }
        ud_strv_done(&names);
        return UD_OK;
    }
    if (names.len > 0) {
        rc = down_unload(down, &names, err);
    }
    ud_strv_done(&names);
    UD_TRY(rc);
    ud_strv_done(&down->journal.modules);
    return ud_journal_save(&down->journal, err);
}

/* Another run may have inserted some between the look at the kernel and the lock. */
static enum ud_code down_know_modules(struct down *down, struct ud_error *err)
{
    bool known = true;
    for (size_t i = 0; i < down->journal.modules.len; i++) {
        known =
            known && ud_loaded_find(&down->facts.loaded, down->journal.modules.items[i]) != NULL;
    }
    if (known) {
        return UD_OK;
    }
    ud_facts_done(&down->facts);
    return ud_probe(down->app, down->session.vm.engine, &down->facts, err);
}

static enum ud_code down_run(struct down *down, struct ud_error *err)
{
    UD_TRY(ud_attach_session_begin(down->app, &down->options->vm, &down->session, err));
    UD_TRY(ud_kernel_access_check_root(&down->session.engine, err));
    UD_TRY(ud_probe(down->app, down->session.vm.engine, &down->facts, err));
    UD_TRY(ud_journal_open(down->session.vm.endpoint, down->facts.boot_id, &down->journal, err));
    if (down->journal.devices.len + down->journal.modules.len == 0) {
        return UD_OK;
    }
    UD_TRY(ud_kernel_access_check_native(ud_vm_is_this_machine(&down->facts), down->options->native,
                                         down->session.vm.endpoint, err));
    UD_TRY(down_know_modules(down, err));
    UD_TRY(down_look(down, err));
    UD_TRY(down_detach(down, err));
    return down_modules(down, err);
}

enum ud_code ud_app_down(const struct ud_app *app, const struct ud_down_options *options,
                         struct ud_down_result *ret, struct ud_error *err)
{
    struct ud_down_result result = {0};
    struct down down = {.app = app, .options = options, .result = &result};
    enum ud_code rc = down_run(&down, err);
    if (rc == UD_OK) {
        *ret = result;
    } else {
        if (result.detached.count > 0) {
            ud_report_message(app->report, UD_REPORT_NOTE,
                              "%zu devices were detached; another `down` goes on from there",
                              result.detached.count);
        }
        ud_down_result_done(&result);
    }
    ud_device_report_done(&down.seen);
    ud_journal_done(&down.journal);
    ud_facts_done(&down.facts);
    ud_attach_session_done(&down.session);
    return rc;
}
