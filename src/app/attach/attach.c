#include "app/attach/attach.h"

#include <stdlib.h>
#include <string.h>

#include "app/load/load.h"
#include "attach/drivers.h"
#include "attach/session.h"
#include "attach/stay.h"
#include "attach/way.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "usbip/select.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

/* ---- the modules ---- */

static enum ud_code attach_load(const struct ud_attach_session *session,
                                const struct ud_attach_options *options, struct ud_error *err)
{
    const struct ud_load_options load = {
        .vm = options->vm, .input = options->input, .native = options->native};
    struct ud_load_result result = {0};
    UD_TRY(ud_app_load(session->app, &load, &result, err));
    ud_load_result_done(&result);
    return UD_OK;
}

/* For a helper that stays: what it says is of the device then. */
static enum ud_code attach_ensure_usbip(const struct ud_attach_session *session,
                                        const struct ud_attach_options *options,
                                        struct ud_error *err)
{
    struct ud_attach_answer answer = {0};
    struct ud_device_report report = {0};
    enum ud_code rc = ud_attach_look(session, &answer, &report, err);
    const bool there = ud_attach_has_vhci(&answer);
    ud_attach_answer_done(&answer);
    ud_device_report_done(&report);
    return rc != UD_OK || there ? rc : attach_load(session, options, err);
}

/* ---- one device ---- */

/* The busid on the server: as it was given, or of the one device that has the ids. */
static enum ud_code attach_choose(const struct ud_attach_session *session,
                                  const struct ud_attach_options *options,
                                  const struct ud_attach_server *server, char **ret,
                                  struct ud_error *err)
{
    struct ud_usbip_selector selector;
    if (options->busid != NULL) {
        *ret = ud_strdup(options->busid);
        return UD_OK;
    }
    UD_TRY(ud_usbip_selector_parse(options->hardware_id, &selector, err));
    struct ud_usbip_device *devices = NULL;
    size_t count = 0;
    size_t chosen = 0;
    char *address = NULL;
    UD_TRY(ud_attach_server_list(session, server, &devices, &count, &address, err));
    enum ud_code rc = ud_usbip_select(devices, count, &selector, NULL, &chosen, err);
    if (rc == UD_OK) {
        *ret = ud_strdup(devices[chosen].busid);
    }
    free(address);
    free(devices);
    return rc;
}

/* Whether to guard, in words of the helper, which knows the kernel. */
static void attach_add_guard(const struct ud_attach_session *session,
                             const struct ud_attach_options *options, struct ud_strv *args)
{
    if (options->no_guard) {
        return;
    }
    if (options->guard) {
        ud_strv_add(args, UD_OPS_FLAG_GUARD);
        return;
    }
    char *fixed = ud_attach_fixed_build_id(session, options->input);
    ud_strv_add(args, UD_OPS_FLAG_GUARD_UNFIXED);
    if (fixed != NULL) {
        ud_strv_add(args, UD_OPS_FLAG_FIXED);
        ud_strv_add(args, fixed);
    }
    free(fixed);
}

/* Asks the helper, which stays where it guards. */
static enum ud_code attach_ask(const struct ud_attach_session *session,
                               const struct ud_attach_options *options,
                               const struct ud_attach_server *server, const char *busid,
                               struct ud_attach_answer *ret, struct ud_error *err)
{
    struct ud_strv args = {0};
    ud_report_step(session->app->report, "Attaching %s", busid);
    ud_strv_add(&args, UD_OP_ATTACH);
    attach_add_guard(session, options, &args);
    ud_attach_add_access(options->mode, options->group, &args);
    ud_strv_add(&args, busid);
    ud_strv_addf(&args, "%u", server->server.port);
    for (size_t i = 0; i < server->addresses.len && i < UD_OPS_ADDRESSES_MAX; i++) {
        ud_strv_add(&args, server->addresses.items[i]);
    }
    const enum ud_role role = options->no_guard ? UD_ROLE_ATTACH : UD_ROLE_GUARD;
    enum ud_code rc = ud_attach_ask(session, role, &args, ret, err);
    ud_strv_done(&args);
    return rc;
}

/* Most kernels have the modules by now. So it is tried first, and a helper that finds none has not
 * asked the server for anything yet. */
static enum ud_code attach_import(const struct ud_attach_session *session,
                                  const struct ud_attach_options *options,
                                  const struct ud_attach_server *server, const char *busid,
                                  struct ud_attached *ret, struct ud_error *err)
{
    struct ud_attach_answer answer = {0};
    struct ud_error why = {0};
    enum ud_code rc = attach_ask(session, options, server, busid, &answer, &why);
    if (rc == UD_ERR_NOT_FOUND && ud_attach_lacks_vhci(&answer)) {
        ud_attach_answer_done(&answer);
        ud_report_step_end(session->app->report, "the kernel has no USB/IP yet");
        UD_TRY(attach_load(session, options, err));
        rc = attach_ask(session, options, server, busid, &answer, &why);
    }
    if (rc == UD_OK) {
        const char *address = ud_facts_fill_get(&answer.facts, UD_FACT_SERVER);
        ret->server = ud_usbip_server_text(address != NULL ? address : server->server.host,
                                           server->server.port);
        rc = ud_attach_answer_devices(&answer, &ret->report, &why);
    }
    if (rc == UD_OK && ret->report.count != 1) {
        rc = ud_fail(&why, UD_ERR_PROTOCOL, NULL,
                     "the helper in the VM did not describe the device");
    }
    ud_attach_answer_done(&answer);
    return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
}

/* What was attached and cannot be used as promised is given back, also after Ctrl-C: by a
 * connection that is not cancelled. */
static void attach_undo(const struct ud_attach_session *session, unsigned port)
{
    struct ud_attach_session again = *session;
    struct ud_strv args = {0};
    struct ud_attach_answer answer = {0};
    struct ud_error why = {0};
    again.vm.engine = NULL;
    ud_strv_add(&args, UD_OP_DETACH);
    ud_strv_add(&args, UD_OPS_FLAG_FORCE);
    ud_strv_addf(&args, "%u", port);
    enum ud_code rc = ud_engine_connect_again(session->vm.engine, NULL, session->app->report,
                                              &again.vm.engine, &why);
    if (rc == UD_OK) {
        rc = ud_attach_ask(&again, UD_ROLE_ATTACH, &args, &answer, &why);
    }
    if (rc != UD_OK) {
        ud_report_message(session->app->report, UD_REPORT_WARN, "port %u stays attached: %s", port,
                          why.message);
    }
    ud_engine_free(again.vm.engine);
    ud_attach_answer_done(&answer);
    ud_strv_done(&args);
}

static enum ud_code attach_device(const struct ud_attach_session *session,
                                  const struct ud_attach_options *options,
                                  const struct ud_attach_server *server, struct ud_attached *ret,
                                  struct ud_error *err)
{
    char *busid = NULL;
    UD_TRY(attach_choose(session, options, server, &busid, err));
    enum ud_code rc = attach_import(session, options, server, busid, ret, err);
    free(busid);
    UD_TRY(rc);
    const unsigned port = ret->report.devices[0].port;
    ud_report_step_end(session->app->report, "port %u", port);
    struct ud_usbip_selector selector;
    if (options->hardware_id != NULL &&
        ud_usbip_selector_parse(options->hardware_id, &selector, NULL) == UD_OK &&
        !ud_usbip_serial_fits(&selector, ret->report.devices[0].serial)) {
        rc = ud_fail(err, UD_ERR_NOT_FOUND, "`usbipd-desktop list` shows what the server has.",
                     "the device with these ids has the serial number \"%s\", not %s",
                     ret->report.devices[0].serial, selector.serial);
    }
    if (rc == UD_OK) {
        rc = ud_attach_drivers_serve(session, options, ret, err);
    }
    if (rc != UD_OK) {
        attach_undo(session, port);
    }
    return rc;
}

/* ---- the way ---- */

/* *ret_nowhere: it failed since the VM reaches no server, so that another way may do better. */
static enum ud_code attach_by_vm(const struct ud_attach_session *session,
                                 const struct ud_attach_options *options, struct ud_attached *ret,
                                 bool *ret_nowhere, struct ud_error *err)
{
    struct ud_attach_server server;
    bool ever = false;
    *ret_nowhere = false;
    if (options->auto_attach) {
        UD_TRY(attach_ensure_usbip(session, options, err));
    }
    enum ud_code rc = ud_attach_server_find(session, options->remote, &server, err);
    *ret_nowhere = rc == UD_ERR_NOT_FOUND;
    if (rc == UD_OK) {
        rc = options->auto_attach ? ud_attach_stay_by_vm(session, options, &server, &ever, err)
                                  : attach_device(session, options, &server, ret, err);
    }
    *ret_nowhere = *ret_nowhere || (!ever && ret->report.count == 0 &&
                                    (rc == UD_ERR_UNREACHABLE || rc == UD_ERR_PROTOCOL));
    ud_attach_server_done(&server);
    return rc;
}

static enum ud_code attach_by_here(const struct ud_attach_session *session,
                                   const struct ud_attach_options *options, struct ud_error *err)
{
    UD_TRY(attach_ensure_usbip(session, options, err));
    ud_report_message(session->app->report, UD_REPORT_NOTE,
                      "the device comes by way of this machine, for as long as this command runs");
    return ud_attach_stay_by_here(session, options, err);
}

/* Who waits for a server would wait for ever on the wrong way: it is asked first. */
static enum ud_code attach_by_any(const struct ud_attach_session *session,
                                  const struct ud_attach_options *options, struct ud_attached *ret,
                                  struct ud_error *err)
{
    struct ud_attach_exports exports = {0};
    struct ud_error by_vm = {0};
    struct ud_error by_here = {0};
    bool nowhere = false;
    if (options->unplugged) {
        enum ud_code asked =
            ud_attach_ask_exports(session, options->remote, UD_VIA_AUTO, &exports, &by_vm);
        nowhere = asked == UD_OK && exports.here;
        ud_attach_exports_done(&exports);
        return nowhere ? attach_by_here(session, options, err)
                       : attach_by_vm(session, options, ret, &nowhere, err);
    }
    enum ud_code rc = attach_by_vm(session, options, ret, &nowhere, &by_vm);
    if (rc == UD_OK || !nowhere) {
        return rc == UD_OK ? UD_OK : ud_error_pass(err, &by_vm);
    }
    if (ud_attach_ask_exports(session, options->remote, UD_VIA_VM, &exports, NULL) == UD_OK) {
        ud_attach_exports_done(&exports);
        return ud_error_pass(err, &by_vm); /* the VM does reach it: that was not the reason */
    }
    rc = ud_attach_ask_exports(session, options->remote, UD_VIA_HERE, &exports, &by_here);
    ud_attach_exports_done(&exports);
    if (rc != UD_OK) {
        return ud_attach_way_failed(&by_vm, &by_here, err);
    }
    ud_report_message(session->app->report, UD_REPORT_NOTE,
                      "the VM does not reach the server (%s), this machine does", by_vm.message);
    return attach_by_here(session, options, err);
}

static bool attach_is_meant(const struct ud_attach_options *options,
                            const struct ud_reported_device *device)
{
    struct ud_usbip_selector selector;
    struct ud_usbip_server server;
    if (options->remote != NULL && ud_usbip_server_parse(options->remote, &server, NULL) == UD_OK &&
        (server.port != device->server_port ||
         (ud_usbip_server_is_numeric(&server) && strcmp(server.host, device->server_host) != 0))) {
        return false; /* another server's; a name may be that of any address */
    }
    if (options->busid != NULL) {
        return strcmp(device->server_busid, options->busid) == 0;
    }
    return ud_usbip_selector_parse(options->hardware_id, &selector, NULL) == UD_OK &&
           ud_attach_has_ids(device, &selector);
}

/* Linux' usbipd leaves out of its list what somebody has: the VM may be that. */
static enum ud_code attach_explain_absent(const struct ud_attach_session *session,
                                          const struct ud_attach_options *options,
                                          const struct ud_error *why, struct ud_error *err)
{
    struct ud_attach_answer answer = {0};
    struct ud_device_report there = {0};
    const struct ud_reported_device *meant = NULL;
    enum ud_code rc = ud_attach_look(session, &answer, &there, NULL);
    for (size_t i = 0; rc == UD_OK && i < there.count && meant == NULL; i++) {
        meant = attach_is_meant(options, &there.devices[i]) ? &there.devices[i] : NULL;
    }
    rc = meant == NULL ? ud_error_pass(err, why)
                       : ud_fail(err, UD_ERR_BUSY, "Detach it first, if it does not work any more.",
                                 "%s; such a device is attached already, on port %u of vhci_hcd",
                                 why->message, meant->port);
    ud_attach_answer_done(&answer);
    ud_device_report_done(&there);
    return rc;
}

static enum ud_code attach_by_way(const struct ud_attach_session *session,
                                  const struct ud_attach_options *options, struct ud_attached *ret,
                                  struct ud_error *err)
{
    bool nowhere = false;
    if (options->via == UD_VIA_HERE) {
        return attach_by_here(session, options, err);
    }
    if (options->via == UD_VIA_AUTO && options->attached != NULL) {
        return attach_by_any(session, options, ret, err);
    }
    return attach_by_vm(session, options, ret, &nowhere, err);
}

static enum ud_code attach_in(const struct ud_attach_session *session,
                              const struct ud_attach_options *options, struct ud_attached *ret,
                              struct ud_error *err)
{
    struct ud_error why = {0};
    UD_TRY(ud_attach_session_check_kernel(session, options->native, err));
    enum ud_code rc = attach_by_way(session, options, ret, &why);
    if (rc == UD_ERR_NOT_FOUND && ret->report.count == 0) {
        return attach_explain_absent(session, options, &why, err);
    }
    return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
}

static enum ud_code attach_check_options(const struct ud_attach_options *options,
                                         struct ud_error *err)
{
    struct ud_usbip_selector selector;
    if ((options->busid != NULL) == (options->hardware_id != NULL)) {
        return ud_fail(err, UD_ERR_USAGE, "`usbipd-desktop list` shows what a server has.",
                       "name the device by one of --busid and --hardware-id");
    }
    if (options->guard && options->no_guard) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "--guard and --no-guard contradict each other");
    }
    if (options->no_guard && (options->auto_attach || options->via == UD_VIA_HERE)) {
        return ud_fail(err, UD_ERR_USAGE, "Leave --no-guard out.",
                       "%s always guards: the helper is between server and kernel anyway",
                       options->auto_attach ? "--auto-attach" : "--via here");
    }
    if (!options->auto_attach && (options->unplugged || options->also.len > 0)) {
        return ud_fail(err, UD_ERR_USAGE, "Add --auto-attach.", "%s goes with --auto-attach only",
                       options->unplugged ? "--unplugged" : "--also");
    }
    if (options->busid != NULL && !ud_usbip_busid_valid(options->busid)) {
        return ud_fail(err, UD_ERR_USAGE, "`usbipd-desktop list` shows them.",
                       "%.64s is not a bus id", options->busid);
    }
    for (size_t i = 0; i <= options->also.len; i++) {
        const char *id = i > 0 ? options->also.items[i - 1] : options->hardware_id;
        if (id == NULL) {
            continue;
        }
        UD_TRY(ud_attach_hardware_id(id, &selector, err));
    }
    return UD_OK;
}

enum ud_code ud_app_attach(const struct ud_app *app, const struct ud_attach_options *options,
                           struct ud_attached *ret, struct ud_error *err)
{
    struct ud_attach_session session;
    struct ud_attached attached = {0};
    UD_TRY(attach_check_options(options, err));
    enum ud_code rc = ud_attach_session_begin(app, &options->vm, &session, err);
    if (rc == UD_OK) {
        rc = attach_in(&session, options, &attached, err);
    }
    if (rc == UD_OK) {
        *ret = attached;
    } else {
        ud_attached_done(&attached);
    }
    ud_attach_session_done(&session);
    return rc;
}
