/* What up and down do to a VM that has everything, or nothing. */
#include "app/up/up.h"

#include <stdlib.h>

#include "fake_data.h"
#include "util/mem.h"

void ud_up_result_done(struct ud_up_result *result)
{
    for (size_t i = 0; i < result->count; i++) {
        ud_attached_done(&result->devices[i].attached);
    }
    free(result->devices);
    free(result->server);
    free(result->built);
    ud_strv_done(&result->loaded);
}

void ud_down_result_done(struct ud_down_result *result)
{
    ud_detached_done(&result->detached);
    ud_detached_done(&result->others);
    ud_strv_done(&result->removed);
    ud_strv_done(&result->kept);
}

enum ud_code ud_app_up(const struct ud_app *app, const struct ud_up_options *options,
                       struct ud_up_result *ret, struct ud_error *err)
{
    const struct ud_attach_options attach = {.remote = options->remote};
    if (options->busids.len + options->hardware_ids.len == 0) {
        return ud_fail(err, UD_ERR_USAGE, "Name one of them: -b BUSID, or -i VID:PID.",
                       "no device is named, and there is no terminal to choose one; "
                       "10.0.2.2:3240 exports 1-1 (0403:6001 FT232 Serial (UART) IC)");
    }
    *ret = (struct ud_up_result){.server = ud_strdup("10.0.2.2:3240"),
                                 .devices = ud_alloc(1, sizeof *ret->devices)};
    enum ud_code rc = ud_app_attach(app, &attach, &ret->devices[0].attached, err);
    if (rc != UD_OK) {
        ud_up_result_done(ret);
        return rc;
    }
    ret->count = 1;
    ret->devices[0].already = ud_fake_scenario("loaded");
    if (!ret->devices[0].already) {
        ret->changed = true;
        ret->built = ud_strdup("dist/6.1.0-57-cloud-amd64");
        ud_strv_add(&ret->loaded, "usbip-core");
        ud_strv_add(&ret->loaded, "vhci-hcd");
    }
    return UD_OK;
}

static void fake_add(struct ud_detached *list, unsigned port, const char *name)
{
    list->ports = ud_alloc(1, sizeof *list->ports);
    list->ports[list->count++] = (struct ud_detached_port){.port = port, .device = ud_strdup(name)};
}

enum ud_code ud_app_down(const struct ud_app *app, const struct ud_down_options *options,
                         struct ud_down_result *ret, struct ud_error *err)
{
    (void)app;
    (void)options;
    if (ud_fake_scenario("fails")) {
        return ud_fail(err, UD_ERR_USAGE,
                       "Remove it; then `usbipd-desktop detach` and `unload` undo by hand.",
                       "/home/me/.local/state/usbipd-desktop/up/x does not tell what `up` did: "
                       "line 1 is none that this version writes");
    }
    *ret = (struct ud_down_result){0};
    if (ud_fake_scenario("loaded")) {
        fake_add(&ret->detached, 0, "0403:6001 QEMU USB SERIAL");
        ud_strv_add(&ret->kept, "vhci-hcd");
        ud_strv_add(&ret->kept, "usbip-core");
        fake_add(&ret->others, 1, "46f4:0001 QEMU USB HARDDRIVE");
    }
    return UD_OK;
}
