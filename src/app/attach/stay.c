#include "attach/stay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/drivers.h"
#include "attach/here.h"
#include "attach/hold.h"
#include "platform/host.h"
#include "proto/ops.h"
#include "usbip/keep.h"
#include "util/mem.h"
#include "util/patience.h"

struct stay {
    const struct ud_attach_session *session;
    const struct ud_attach_options *options;
    const char *host; /* of the server, where nothing better is known */
    unsigned port;
    struct ud_keep_choice choice;
    bool ever; /* a device was attached */
    /* Of the hold that is followed. */
    const struct ud_usbip_selector *selector; /* NULL: the helper asks for the serial number */
    struct ud_hold *hold;
    bool attached;   /* the device, at some time */
    bool is_another; /* it has another serial number */
    uint64_t shown;  /* when rates were shown */
    uint64_t from;   /* bytes until then */
    uint64_t to;
};

/* All that are meant, the one that was named first. */
static enum ud_code stay_choose(struct stay *stay, struct ud_error *err)
{
    const struct ud_attach_options *options = stay->options;
    UD_TRY(ud_keep_choice_add(&stay->choice,
                              options->busid != NULL ? options->busid : options->hardware_id, err));
    for (size_t i = 0; i < options->also.len; i++) {
        UD_TRY(ud_keep_choice_add(&stay->choice, options->also.items[i], err));
    }
    return UD_OK;
}

/* ---- while the helper holds the device ---- */

static const struct ud_report *stay_report(const struct stay *stay)
{
    return stay->session->app->report;
}

static enum ud_code stay_attached(struct stay *stay, struct ud_hold_event *event,
                                  struct ud_error *err)
{
    const char *serial = event->report.devices[0].serial;
    if (stay->selector != NULL && !ud_usbip_serial_fits(stay->selector, serial)) {
        stay->is_another = true;
        return ud_fail(err, stay->options->auto_attach ? UD_ERR_BUSY : UD_ERR_NOT_FOUND,
                       "`usbipd-desktop list` shows what the server has.",
                       "the device with these ids has the serial number \"%s\", not %s", serial,
                       stay->selector->serial);
    }
    struct ud_attached attached = {.report = event->report};
    event->report = (struct ud_device_report){0};
    attached.server =
        ud_usbip_server_text(event->address != NULL ? event->address : stay->host, stay->port);
    stay->attached = stay->ever = true;
    ud_report_step_end(stay_report(stay), "port %u", attached.report.devices[0].port);
    struct ud_error why = {0};
    enum ud_code rc = ud_attach_drivers_serve(stay->session, stay->options, &attached, &why);
    if (rc == UD_OK && stay->options->attached != NULL) {
        rc = stay->options->attached(stay->options->ctx, &attached, &why);
    }
    if (rc == UD_ERR_NOT_FOUND) {
        rc = UD_OK; /* it is gone already, which the helper tells next */
    } else if (rc != UD_OK) {
        rc = ud_error_pass(err, &why);
    }
    ud_attached_done(&attached);
    ud_report_step(stay_report(stay), "Attached; Ctrl-C detaches");
    return rc;
}

/* What has gone through since the last time, if it went through this program. */
static void stay_show_rates(struct stay *stay)
{
    const uint64_t now = ud_host_now_ms();
    uint64_t from = 0;
    uint64_t to = 0;
    ud_hold_count(stay->hold, &from, &to);
    if (!stay->attached || from + to == 0 || now - stay->shown < UD_PATIENCE_RATES_MS) {
        return;
    }
    const double seconds = (double)(now - stay->shown) / 1000;
    char *text = ud_strf("%.1f kB/s from the device, %.1f kB/s to it",
                         (double)(from - stay->from) / 1000 / seconds,
                         (double)(to - stay->to) / 1000 / seconds);
    ud_report_activity(stay_report(stay), text);
    free(text);
    stay->shown = now;
    stay->from = from;
    stay->to = to;
}

static enum ud_code stay_take(struct stay *stay, struct ud_hold_event *event, struct ud_error *err)
{
    switch (event->kind) {
    case UD_HOLD_ATTACHED:
        return stay_attached(stay, event, err);
    case UD_HOLD_LOST:
        ud_report_message(stay_report(stay), UD_REPORT_NOTE, "the device is gone: %s", event->text);
        ud_report_step(stay_report(stay), "Waiting for the device");
        return UD_OK;
    case UD_HOLD_WAITING:
        ud_report_message(stay_report(stay), UD_REPORT_DETAIL, "not yet: %s", event->text);
        return UD_OK;
    case UD_HOLD_MESSAGE:
        ud_report_message(stay_report(stay), event->level, "%s", event->text);
        return UD_OK;
    default:
        return UD_OK;
    }
}

/* Until the helper ends. */
static enum ud_code stay_follow(struct stay *stay, struct ud_error *err)
{
    for (;;) {
        struct ud_hold_event *event = ud_hold_next(stay->hold);
        if (event == NULL) {
            stay_show_rates(stay);
            UD_TRY(ud_engine_pause(stay->session->vm.engine, UD_PATIENCE_HOLD_POLL_MS, err));
            continue;
        }
        const bool ended = event->kind == UD_HOLD_ENDED;
        enum ud_code rc = stay_take(stay, event, err);
        ud_hold_event_free(event);
        if (rc != UD_OK || ended) {
            return rc;
        }
    }
}

/* Follows a hold to its end and gives its outcome; peer as for ud_hold_start(). */
static enum ud_code stay_hold(struct stay *stay, enum ud_role role, const struct ud_strv *args,
                              struct ud_tcp *peer, struct ud_error *err)
{
    struct ud_error why = {0};
    stay->attached = stay->is_another = false;
    stay->shown = ud_host_now_ms();
    stay->from = stay->to = 0;
    UD_TRY(ud_hold_start(stay->session, role, args, peer, &stay->hold, err));
    enum ud_code rc = stay_follow(stay, err);
    enum ud_code outcome = ud_hold_free(stay->hold, &why);
    stay->hold = NULL;
    if (rc == UD_OK && outcome == UD_ERR_INTERRUPTED &&
        !ud_cancel_requested(ud_engine_cancel(stay->session->vm.engine))) {
        return ud_fail(err, UD_ERR_UNREACHABLE, "Look whether the engine was stopped.",
                       "the helper in the VM was ended by a signal");
    }
    return rc == UD_OK && outcome != UD_OK ? ud_error_pass(err, &why) : rc;
}

/* Who stays is ended by Ctrl-C: that is no failure once there was something to stay for. */
static enum ud_code stay_outcome(const struct stay *stay, enum ud_code rc,
                                 const struct ud_error *why, struct ud_error *err)
{
    if (rc == UD_ERR_INTERRUPTED && stay->ever) {
        ud_report_step_end(stay_report(stay), "detached");
        return UD_OK;
    }
    return rc == UD_OK ? UD_OK : ud_error_pass(err, why);
}

/* ---- by the VM ---- */

static void stay_add_selectors(const struct ud_attach_options *options, struct ud_strv *args)
{
    ud_strv_add(args, options->busid != NULL ? options->busid : options->hardware_id);
    for (size_t i = 0; i < options->also.len; i++) {
        ud_strv_add(args, options->also.items[i]);
    }
    ud_strv_add(args, "--");
}

enum ud_code ud_attach_stay_by_vm(const struct ud_attach_session *session,
                                  const struct ud_attach_options *options,
                                  const struct ud_attach_server *server, bool *ret_ever,
                                  struct ud_error *err)
{
    struct stay stay = {.session = session,
                        .options = options,
                        .host = server->server.host,
                        .port = server->server.port};
    struct ud_strv args = {0};
    struct ud_error why = {0};
    ud_strv_add(&args, UD_OP_KEEP);
    if (options->unplugged) {
        ud_strv_add(&args, UD_OPS_FLAG_UNPLUGGED);
    }
    ud_attach_add_access(options->mode, options->group, &args);
    stay_add_selectors(options, &args);
    ud_strv_addf(&args, "%u", server->server.port);
    for (size_t i = 0; i < server->addresses.len && i < UD_OPS_ADDRESSES_MAX; i++) {
        ud_strv_add(&args, server->addresses.items[i]);
    }
    ud_report_step(session->app->report, "Attaching");
    enum ud_code rc = stay_hold(&stay, UD_ROLE_KEEP, &args, NULL, &why);
    ud_strv_done(&args);
    *ret_ever = stay.ever;
    return stay_outcome(&stay, rc, &why, err);
}

/* ---- by this machine ---- */

/* A server may leave out of its list what somebody has; asked for it, it says so. */
static enum ud_code stay_find_here(struct stay *stay, const struct ud_usbip_server *server,
                                   struct ud_cancel *cancel, char busid[UD_USBIP_BUSID_MAX + 1],
                                   struct ud_error *err)
{
    stay->selector = &stay->choice.selectors[0];
    if (stay->options->busid != NULL && !stay->options->auto_attach) {
        (void)snprintf(busid, UD_USBIP_BUSID_MAX + 1, "%s", stay->options->busid);
        return UD_OK;
    }
    struct ud_usbip_device *devices = NULL;
    size_t count = 0;
    size_t device = 0;
    size_t selector = 0;
    char *address = NULL;
    UD_TRY(ud_here_list(server, cancel, &devices, &count, &address, err));
    enum ud_code rc = ud_keep_choose(&stay->choice, devices, count, &device, &selector, err);
    if (rc == UD_OK) {
        memcpy(busid, devices[device].busid, UD_USBIP_BUSID_MAX + 1);
        stay->selector = &stay->choice.selectors[selector];
    }
    free(address);
    free(devices);
    return rc;
}

/* One time, until the device is gone. */
static enum ud_code stay_once_by_here(struct stay *stay, const struct ud_usbip_server *server,
                                      struct ud_error *err)
{
    struct ud_cancel *cancel = ud_engine_cancel(stay->session->vm.engine);
    char busid[UD_USBIP_BUSID_MAX + 1];
    struct ud_usbip_device device;
    struct ud_tcp *tcp = NULL;
    struct ud_strv args = {0};
    UD_TRY(stay_find_here(stay, server, cancel, busid, err));
    UD_TRY(ud_here_import(server, busid, cancel, &tcp, &device, err));
    ud_strv_add(&args, UD_OP_TUNNEL);
    ud_attach_add_access(stay->options->mode, stay->options->group, &args);
    ud_strv_addf(&args, "%lu", (unsigned long)ud_usbip_devid(&device));
    ud_strv_addf(&args, "%lu", (unsigned long)device.speed);
    ud_strv_add(&args, busid);
    ud_strv_add(&args, ud_tcp_address(tcp));
    ud_strv_addf(&args, "%u", server->port);
    struct ud_error why = {0};
    enum ud_code rc = stay_hold(stay, UD_ROLE_TUNNEL, &args, tcp, &why);
    ud_strv_done(&args);
    if (rc == UD_ERR_NOT_FOUND && !stay->attached) {
        /* The VM lacks something, not the server: the device is not taken again and again. */
        return ud_fail(err, UD_ERR_ENGINE, why.remedy, "%s", why.message);
    }
    return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
}

enum ud_code ud_attach_stay_by_here(const struct ud_attach_session *session,
                                    const struct ud_attach_options *options, struct ud_error *err)
{
    struct ud_usbip_server server;
    struct ud_keep_pace pace = {.patient = options->unplugged};
    UD_TRY(ud_here_server(options->remote, &server, err));
    struct stay stay = {
        .session = session, .options = options, .host = server.host, .port = server.port};
    UD_TRY(stay_choose(&stay, err));
    ud_report_step(session->app->report, "Attaching by way of this machine");
    for (;;) {
        struct ud_error why = {0};
        unsigned ms = 0;
        stay.attached = false;
        enum ud_code rc = stay_once_by_here(&stay, &server, &why);
        const bool lost = stay.attached && rc == UD_ERR_UNREACHABLE;
        if (rc == UD_ERR_BUSY && !pace.attached && !pace.patient && !stay.is_another) {
            return stay_outcome(&stay, rc, &why, err); /* two would take it from each other */
        }
        if (rc == UD_OK || !options->auto_attach ||
            !ud_keep_goes_on(&pace, lost ? UD_OK : rc, &ms)) {
            return stay_outcome(&stay, rc, &why, err);
        }
        ud_report_message(session->app->report, lost ? UD_REPORT_NOTE : UD_REPORT_DETAIL, "%s: %s",
                          lost ? "the device is gone" : "not yet", why.message);
        ud_report_step(session->app->report, "Waiting for the device");
        rc = ud_engine_pause(session->vm.engine, ms, &why);
        if (rc != UD_OK) {
            return stay_outcome(&stay, rc, &why, err);
        }
    }
}
