/* Which devices are meant, and what is known of them. */
#include <stdlib.h>
#include <string.h>

#include "up/steps.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

void ud_up_targets_done(struct ud_up *up)
{
    for (size_t i = 0; i < up->count; i++) {
        ud_attached_done(&up->targets[i].now);
    }
    free(up->targets);
    up->targets = NULL;
    up->count = 0;
}

static enum ud_code targets_add(struct ud_up *up, const char *named, bool by_busid,
                                struct ud_error *err)
{
    struct ud_up_target target = {.named = named, .by_busid = by_busid};
    UD_TRY(ud_usbip_selector_parse(named, &target.selector, err));
    if ((target.selector.busid[0] != '\0') != by_busid) {
        return ud_fail(err, UD_ERR_USAGE, "Write --busid 1-1, or --hardware-id 0403:6001.",
                       "%.64s is not a %s", named, by_busid ? "bus id" : "hardware id");
    }
    for (size_t i = 0; i < up->count; i++) {
        if (strcmp(up->targets[i].named, named) == 0) {
            return UD_OK;
        }
    }
    up->targets = ud_realloc(up->targets, up->count + 1, sizeof *up->targets);
    up->targets[up->count++] = target;
    return UD_OK;
}

enum ud_code ud_up_read_targets(struct ud_up *up, struct ud_error *err)
{
    for (size_t i = 0; i < up->options->busids.len; i++) {
        UD_TRY(targets_add(up, up->options->busids.items[i], true, err));
    }
    for (size_t i = 0; i < up->options->hardware_ids.len; i++) {
        UD_TRY(targets_add(up, up->options->hardware_ids.items[i], false, err));
    }
    return UD_OK;
}

/* ---- on the ports ---- */

static bool target_is_from_server(const struct ud_up *up, const struct ud_reported_device *device)
{
    return device->server_port == up->server.server.port &&
           (strcmp(device->server_host, up->server.server.host) == 0 ||
            ud_strv_has(&up->server.addresses, device->server_host));
}

static bool target_fits(const struct ud_up_target *target, const struct ud_reported_device *device)
{
    const struct ud_usbip_selector *selector = &target->selector;
    if (target->by_busid) {
        return strcmp(device->server_busid, selector->busid) == 0;
    }
    return ud_attach_has_ids(device, selector);
}

/* Moves the device from what was seen into the target. */
static void target_take(struct ud_up_target *target, struct ud_reported_device *device)
{
    struct ud_attached *now = &target->now;
    ud_device_report_done(&now->report);
    now->report = (struct ud_device_report){0};
    *ud_device_report_add(&now->report, device->port) = *device;
    if (now->server == NULL) {
        now->server = ud_usbip_server_text(device->server_host, device->server_port);
    }
    ud_attach_list_lacking(device, &now->missing, &now->children);
    *device = (struct ud_reported_device){.port = device->port};
    target->attached = true;
}

/* A target that is attached is found again by its port, the others by what names them. */
static void targets_match(struct ud_up *up, bool first)
{
    for (size_t i = 0; i < up->count; i++) {
        struct ud_up_target *target = &up->targets[i];
        for (size_t k = 0; k < up->seen.count; k++) {
            struct ud_reported_device *device = &up->seen.devices[k];
            bool same = target->attached ? device->port == target->now.report.devices[0].port
                                         : first && target_fits(target, device);
            if (same && target_is_from_server(up, device)) {
                target->already = target->already || first;
                target_take(target, device);
                break;
            }
        }
    }
}

/* One device that is named in two ways. */
static bool targets_are_twins(const struct ud_up_target *a, const struct ud_up_target *b)
{
    if (a->attached && !b->attached) {
        return target_fits(b, &a->now.report.devices[0]);
    }
    return !a->attached && !b->attached && a->device.busid[0] != '\0' &&
           strcmp(a->device.busid, b->device.busid) == 0;
}

static void targets_drop_twins(struct ud_up *up)
{
    for (size_t i = 1; i < up->count; i++) {
        bool twin = false;
        for (size_t k = 0; k < i && !twin; k++) {
            twin = targets_are_twins(&up->targets[k], &up->targets[i]);
        }
        if (twin) {
            memmove(&up->targets[i], &up->targets[i + 1],
                    (up->count - i - 1) * sizeof *up->targets);
            up->count--;
            i--;
        }
    }
}

enum ud_code ud_up_look(struct ud_up *up, bool first, struct ud_error *err)
{
    struct ud_attach_answer answer = {0};
    struct ud_device_report seen = {0};
    enum ud_code rc = ud_attach_look(&up->session, &answer, &seen, err);
    if (rc == UD_OK) {
        ud_device_report_done(&up->seen);
        up->seen = seen;
        up->vhci = ud_attach_has_vhci(&answer);
        targets_match(up, first);
    } else {
        ud_device_report_done(&seen);
    }
    ud_attach_answer_done(&answer);
    return rc;
}

/* ---- in the server's list ---- */

static enum ud_code targets_list(struct ud_up *up, struct ud_error *err)
{
    const struct ud_list_options options = {
        .vm = up->options->build.vm,
        .remote = up->options->remote,
        .via = UD_VIA_VM,
        .input = up->modules,
    };
    UD_TRY(ud_app_list(&up->app, &options, &up->listing, err));
    free(up->result->server);
    up->result->server = ud_strdup(up->listing.server);
    return UD_OK;
}

static enum ud_code targets_refuse_none(const struct ud_listing *listing, struct ud_error *err)
{
    struct ud_strv lines = {0};
    for (size_t i = 0; i < listing->count; i++) {
        const struct ud_listed_device *listed = &listing->devices[i];
        ud_strv_addf(&lines, "%s (%04x:%04x%s%s%s)", listed->device.busid, listed->device.vendor,
                     listed->device.product, listed->product[0] != '\0' ? " " : "", listed->product,
                     listed->attached ? ", attached" : "");
    }
    char *joined = ud_strv_join(&lines, ", ");
    enum ud_code rc =
        ud_fail(err, UD_ERR_USAGE, "Name one of them: -b BUSID, or -i VID:PID.",
                "no device is named, and there is no terminal to choose one; %s exports %s",
                listing->server, joined);
    free(joined);
    ud_strv_done(&lines);
    return rc;
}

static enum ud_code targets_ask(struct ud_up *up, size_t *ret, struct ud_error *err)
{
    const struct ud_up_chooser *chooser = up->options->chooser;
    bool chosen = false;
    enum ud_code rc = UD_OK;
    while (rc == UD_OK && !chosen) {
        rc = chooser->poll(chooser->ctx, &chosen, ret, err);
        if (rc == UD_OK && !chosen) {
            rc = ud_engine_pause(up->session.vm.engine, UD_PATIENCE_KEY_MS, err);
        }
    }
    return rc;
}

static enum ud_code targets_choose(struct ud_up *up, struct ud_error *err)
{
    const struct ud_up_chooser *chooser = up->options->chooser;
    size_t chosen = 0;
    if (up->listing.count == 0) {
        return ud_fail(err, UD_ERR_NOT_FOUND,
                       "Export the device there: usbipd bind --busid BUSID (Windows), usbip bind "
                       "-b BUSID (Linux).",
                       "%s exports no device", up->listing.server);
    }
    if (chooser == NULL) {
        return targets_refuse_none(&up->listing, err);
    }
    UD_TRY(chooser->begin(chooser->ctx, &up->listing, err));
    enum ud_code rc = targets_ask(up, &chosen, err);
    chooser->end(chooser->ctx);
    UD_TRY(rc);
    ud_strv_add(&up->chosen, up->listing.devices[chosen].device.busid);
    UD_TRY(targets_add(up, up->chosen.items[0], true, err));
    targets_match(up, true);
    return UD_OK;
}

static enum ud_code target_find(const struct ud_up *up, struct ud_up_target *target,
                                struct ud_error *err)
{
    const struct ud_listing *listing = &up->listing;
    struct ud_usbip_device *devices = ud_alloc(listing->count + 1, sizeof *devices);
    size_t *places = ud_alloc(listing->count + 1, sizeof *places);
    size_t count = 0;
    size_t chosen = 0;
    for (size_t i = 0; i < listing->count; i++) {
        if (!listing->devices[i].attached) {
            places[count] = i;
            devices[count++] = listing->devices[i].device;
        }
    }
    enum ud_code rc = ud_usbip_select(devices, count, &target->selector, NULL, &chosen, err);
    if (rc == UD_OK) {
        const struct ud_listed_device *listed = &listing->devices[places[chosen]];
        target->device = listed->device;
        target->has_module = listed->drivers.count > 0 &&
                             ud_found_drivers_place(&listed->drivers) < UD_DRIVER_IN_DIST;
    }
    free(places);
    free(devices);
    return rc;
}

enum ud_code ud_up_find_targets(struct ud_up *up, struct ud_error *err)
{
    targets_drop_twins(up);
    bool open = up->count == 0;
    for (size_t i = 0; i < up->count; i++) {
        open = open || !up->targets[i].attached;
    }
    if (!open) {
        up->result->server = ud_strdup(up->targets[0].now.server);
        return UD_OK;
    }
    UD_TRY(targets_list(up, err));
    if (up->count == 0) {
        UD_TRY(targets_choose(up, err));
    }
    for (size_t i = 0; i < up->count; i++) {
        if (!up->targets[i].attached) {
            UD_TRY(target_find(up, &up->targets[i], err));
        }
    }
    targets_drop_twins(up);
    return UD_OK;
}
