#include <stdlib.h>
#include <string.h>

#include "app/attach/attach.h"
#include "attach/session.h"
#include "kernel/facts/vhci.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "usbip/select.h"
#include "util/mem.h"
#include "util/str.h"

bool ud_attach_has_vhci(const struct ud_attach_answer *answer)
{
    const char *driver = ud_facts_fill_get(&answer->facts, UD_FACT_VHCI_DRIVER);
    return driver != NULL && strcmp(driver, "1") == 0;
}

bool ud_attach_lacks_vhci(const struct ud_attach_answer *answer)
{
    const char *driver = ud_facts_fill_get(&answer->facts, UD_FACT_VHCI_DRIVER);
    return driver != NULL && strcmp(driver, "0") == 0;
}

/* --enter asks for what only the VM's own files tell: servers, nodes, what is mounted. */
static enum ud_code ports_look(const struct ud_attach_session *session, bool enter,
                               struct ud_attach_answer *ret, struct ud_device_report *ret_report,
                               struct ud_error *err)
{
    struct ud_strv args = {0};
    *ret_report = (struct ud_device_report){0};
    ud_strv_add(&args, UD_OP_DEVICES);
    if (enter) {
        ud_strv_add(&args, UD_OPS_FLAG_ENTER);
    }
    struct ud_error why = {0};
    enum ud_code rc =
        ud_attach_ask(session, enter ? UD_ROLE_PROBE_VM : UD_ROLE_PROBE, &args, ret, &why);
    if (rc == UD_OK) {
        rc = ud_attach_answer_devices(ret, ret_report, err);
    } else if (rc == UD_ERR_NOT_FOUND && !ud_attach_has_vhci(ret)) {
        rc = UD_OK; /* where there is no USB/IP, nothing is attached */
    } else {
        rc = ud_error_pass(err, &why);
    }
    ud_strv_done(&args);
    return rc;
}

enum ud_code ud_attach_look(const struct ud_attach_session *session, struct ud_attach_answer *ret,
                            struct ud_device_report *ret_report, struct ud_error *err)
{
    return ports_look(session, true, ret, ret_report, err);
}

void ud_ports_done(struct ud_ports *ports)
{
    ud_device_report_done(&ports->report);
}

static enum ud_code ports_count(const struct ud_attach_answer *answer, struct ud_ports *ret,
                                struct ud_error *err)
{
    const struct ud_buf *status = ud_facts_fill_blob(&answer->facts, UD_BLOB_VHCI_STATUS);
    struct ud_vhci_ports ports = {0};
    enum ud_code rc =
        status != NULL ? ud_vhci_parse(status->data, status->len, &ports, err) : UD_OK;
    for (size_t i = 0; i < ports.len && rc == UD_OK; i++) {
        bool super = ud_vhci_is_super_speed(&ports.items[i]);
        bool is_free = ports.items[i].state == UD_VHCI_FREE;
        *(super ? &ret->all_ss : &ret->all_hs) += 1;
        *(super ? &ret->free_ss : &ret->free_hs) += is_free ? 1 : 0;
    }
    ud_vhci_ports_done(&ports);
    return rc;
}

enum ud_code ud_app_ports(const struct ud_app *app, const struct ud_ports_options *options,
                          struct ud_ports *ret, struct ud_error *err)
{
    struct ud_attach_session session;
    struct ud_attach_answer answer = {0};
    struct ud_ports ports = {0};
    enum ud_code rc = ud_attach_session_begin(app, &options->vm, &session, err);
    if (rc == UD_OK) {
        ud_report_step(app->report, "Looking at the ports");
        rc = ports_look(&session, true, &answer, &ports.report, err);
    }
    if (rc == UD_OK) {
        ports.vhci = ud_attach_has_vhci(&answer);
        rc = ports_count(&answer, &ports, err);
    }
    if (rc == UD_OK) {
        ud_report_step_end(app->report, NULL);
        *ret = ports;
    } else {
        ud_ports_done(&ports);
    }
    ud_attach_answer_done(&answer);
    ud_attach_session_done(&session);
    return rc;
}

/* ---- detach ---- */

void ud_detached_done(struct ud_detached *detached)
{
    for (size_t i = 0; i < detached->count; i++) {
        free(detached->ports[i].device);
    }
    free(detached->ports);
    *detached = (struct ud_detached){0};
}

static void detach_add(struct ud_detached *detached, const struct ud_reported_device *device)
{
    detached->ports = ud_realloc(detached->ports, detached->count + 1, sizeof *detached->ports);
    detached->ports[detached->count++] = (struct ud_detached_port){
        .port = device->port,
        .device = ud_strf("%04x:%04x%s%s", device->vendor, device->product,
                          device->product_name[0] != '\0' ? " " : "", device->product_name),
    };
}

static bool detach_is_meant(const struct ud_detach_options *options,
                            const struct ud_usbip_selector *selector,
                            const struct ud_reported_device *device)
{
    if (options->all) {
        return true;
    }
    if (options->busid != NULL) {
        return strcmp(device->server_busid, options->busid) == 0;
    }
    return ud_attach_has_ids(device, selector);
}

static enum ud_code detach_choose(const struct ud_detach_options *options,
                                  const struct ud_device_report *report, struct ud_detached *ret,
                                  struct ud_error *err)
{
    struct ud_usbip_selector selector = {0};
    if (options->hardware_id != NULL) {
        UD_TRY(ud_attach_hardware_id(options->hardware_id, &selector, err));
    }
    for (size_t i = 0; i < report->count; i++) {
        if (detach_is_meant(options, &selector, &report->devices[i])) {
            detach_add(ret, &report->devices[i]);
        }
    }
    if (options->hardware_id != NULL && ret->count > 1) {
        return ud_fail(err, UD_ERR_USAGE, "Name one of them with --port, or all with --all.",
                       "%zu attached devices are %s: ports %u and %u%s", ret->count,
                       options->hardware_id, ret->ports[0].port, ret->ports[1].port,
                       ret->count > 2 ? " and more" : "");
    }
    return UD_OK;
}

/* A RESULT is "PORT VERDICT TEXT". */
static enum ud_code detach_explain(const struct ud_attach_answer *answer, enum ud_code rc,
                                   struct ud_error *err)
{
    if (answer->results.len == 0) {
        return rc;
    }
    struct ud_strv trouble = {0};
    for (size_t i = 0; i < answer->results.len; i++) {
        const char *verdict = strchr(answer->results.items[i], ' ');
        const char *text = verdict != NULL ? strchr(verdict + 1, ' ') : NULL;
        if (text != NULL && text[1] != '\0' && !ud_str_starts(verdict + 1, "removed")) {
            ud_strv_addf(&trouble, "port %.*s: %s", (int)(verdict - answer->results.items[i]),
                         answer->results.items[i], text + 1);
        }
    }
    char *joined = ud_strv_join(&trouble, "; ");
    if (trouble.len > 0) {
        ud_str_sanitize(joined);
        rc = ud_fail(err, rc,
                     rc == UD_ERR_BUSY ? "Unmount it and close what uses it, or add --force."
                                       : "Look at the VM's kernel log (dmesg).",
                     "not detached: %s", joined);
    }
    free(joined);
    ud_strv_done(&trouble);
    return rc;
}

static enum ud_code detach_run(const struct ud_attach_session *session,
                               const struct ud_detach_options *options,
                               const struct ud_detached *ports, struct ud_attach_answer *ret,
                               struct ud_error *err)
{
    struct ud_strv args = {0};
    struct ud_error why = {0};
    ud_strv_add(&args, UD_OP_DETACH);
    if (options->force) {
        ud_strv_add(&args, UD_OPS_FLAG_FORCE);
    }
    for (size_t i = 0; i < ports->count; i++) {
        ud_strv_addf(&args, "%u", ports->ports[i].port);
    }
    enum ud_code rc = ud_attach_ask(session, UD_ROLE_ATTACH, &args, ret, &why);
    if (rc != UD_OK) {
        rc = ud_error_pass(err, &why);
        rc = detach_explain(ret, rc, err);
    }
    ud_strv_done(&args);
    return rc;
}

/* A port needs no look before: the helper says what was on it. */
static enum ud_code detach_port(const struct ud_attach_session *session,
                                const struct ud_detach_options *options, unsigned port,
                                struct ud_detached *ret, struct ud_error *err)
{
    struct ud_detached_port named = {.port = port};
    const struct ud_detached one = {.ports = &named, .count = 1};
    struct ud_attach_answer answer = {0};
    struct ud_device_report report = {0};
    struct ud_error why = {0};
    enum ud_code rc = detach_run(session, options, &one, &answer, &why);
    if (rc == UD_ERR_NOT_FOUND && ud_attach_lacks_vhci(&answer)) {
        rc = UD_OK; /* where there is no USB/IP, nothing is attached */
    } else if (rc == UD_OK) {
        rc = ud_attach_answer_devices(&answer, &report, &why);
    }
    for (size_t i = 0; i < report.count; i++) {
        detach_add(ret, &report.devices[i]);
    }
    ud_device_report_done(&report);
    ud_attach_answer_done(&answer);
    return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
}

static enum ud_code detach_found(const struct ud_attach_session *session,
                                 const struct ud_detach_options *options, struct ud_detached *ret,
                                 struct ud_error *err)
{
    struct ud_attach_answer looked = {0};
    struct ud_attach_answer answer = {0};
    struct ud_device_report report = {0};
    enum ud_code rc = ud_attach_look(session, &looked, &report, err);
    if (rc == UD_OK) {
        rc = detach_choose(options, &report, ret, err);
    }
    /* Also of nothing: what a device left that went by itself is removed. */
    if (rc == UD_OK && ud_attach_has_vhci(&looked)) {
        rc = detach_run(session, options, ret, &answer, err);
    }
    ud_device_report_done(&report);
    ud_attach_answer_done(&looked);
    ud_attach_answer_done(&answer);
    return rc;
}

static enum ud_code detach_in(const struct ud_attach_session *session,
                              const struct ud_detach_options *options, struct ud_detached *ret,
                              struct ud_error *err)
{
    uint64_t port = 0;
    UD_TRY(ud_attach_session_check_kernel(session, options->native, err));
    ud_report_step(session->app->report, "Detaching");
    if (options->port != NULL && (!ud_str_to_u64(options->port, &port) || port > UD_OPS_PORT_MAX)) {
        return ud_fail(err, UD_ERR_USAGE, "`usbipd-desktop port` lists them.",
                       "%s is not the number of a port", options->port);
    }
    UD_TRY(options->port != NULL ? detach_port(session, options, (unsigned)port, ret, err)
                                 : detach_found(session, options, ret, err));
    ud_report_step_end(session->app->report, NULL);
    return UD_OK;
}

enum ud_code ud_app_detach(const struct ud_app *app, const struct ud_detach_options *options,
                           struct ud_detached *ret, struct ud_error *err)
{
    struct ud_attach_session session;
    struct ud_detached detached = {0};
    int named = (options->port != NULL) + (options->busid != NULL) +
                (options->hardware_id != NULL) + options->all;
    if (named != 1) {
        return ud_fail(err, UD_ERR_USAGE, "`usbipd-desktop port` lists what is attached.",
                       "name what to detach by one of --port, --busid, --hardware-id and --all");
    }
    enum ud_code rc = ud_attach_session_begin(app, &options->vm, &session, err);
    if (rc == UD_OK) {
        rc = detach_in(&session, options, &detached, err);
    }
    if (rc == UD_OK) {
        *ret = detached;
    } else {
        ud_detached_done(&detached);
    }
    ud_attach_session_done(&session);
    return rc;
}
