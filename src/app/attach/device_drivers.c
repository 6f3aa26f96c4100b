#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/drivers.h"
#include "kernel/drivers/drivers.h"
#include "usbip/modalias.h"
#include "util/mem.h"
#include "util/str.h"

/* ---- what is told ---- */

static struct ud_device_drivers *told_add_device(struct ud_drivers_told *told, unsigned vendor,
                                                 unsigned product)
{
    told->devices = ud_realloc(told->devices, told->count + 1, sizeof *told->devices);
    struct ud_device_drivers *device = &told->devices[told->count++];
    *device = (struct ud_device_drivers){.ids = ud_strf("%04x:%04x", vendor, product)};
    return device;
}

static struct ud_driver_wanted *device_add_wanted(struct ud_device_drivers *device,
                                                  const char *modalias, const char *driver)
{
    device->wanted = ud_realloc(device->wanted, device->count + 1, sizeof *device->wanted);
    struct ud_driver_wanted *wanted = &device->wanted[device->count++];
    *wanted =
        (struct ud_driver_wanted){.modalias = ud_strdup(modalias), .driver = ud_strdup(driver)};
    return wanted;
}

static void told_add_attached(struct ud_drivers_told *told,
                              const struct ud_reported_device *reported)
{
    struct ud_device_drivers *device = told_add_device(told, reported->vendor, reported->product);
    device->attached = true;
    device->port = reported->port;
    device->name =
        ud_strf("%s%s%s", reported->manufacturer_name,
                reported->manufacturer_name[0] != '\0' ? " " : "", reported->product_name);
    for (size_t i = 0; i < reported->interface_count; i++) {
        (void)device_add_wanted(device, reported->interfaces[i].modalias,
                                reported->interfaces[i].driver);
    }
    for (size_t i = 0; i < reported->children.len; i++) {
        device_add_wanted(device, reported->children.items[i], "")->is_child = true;
    }
}

/* ---- devices that are named ---- */

/* text was checked: "VID:PID" or "VID:PID:CCSSPP". */
static void told_add_named(struct ud_drivers_told *told, const char *text)
{
    unsigned vendor = 0;
    unsigned product = 0;
    unsigned class[3] = {0};
    char modalias[UD_MODALIAS_SIZE];
    int fields =
        sscanf(text, "%4x:%4x:%2x%2x%2x", &vendor, &product, &class[0], &class[1], &class[2]);
    struct ud_usbip_device described = {
        .vendor = (uint16_t)vendor,
        .product = (uint16_t)product,
        .interface_count = 1,
        .interfaces_told = true,
        .interfaces = {{(uint8_t) class[0], (uint8_t) class[1], (uint8_t) class[2]}},
    };
    ud_modalias_write(&described, 0, modalias);
    struct ud_device_drivers *device = told_add_device(told, vendor, product);
    device->name = ud_strdup("");
    device_add_wanted(device, modalias, "")->is_open = fields == 2;
}

/* Of those that are attached, with whatever class. */
static bool told_is_meant(const struct ud_strv *names, const struct ud_reported_device *reported)
{
    char ids[16];
    (void)snprintf(ids, sizeof ids, "%04x:%04x", reported->vendor, reported->product);
    for (size_t i = 0; i < names->len; i++) {
        if (ud_str_equal_nocase(names->items[i], ids)) {
            return true;
        }
    }
    return names->len == 0;
}

static void told_add_all(struct ud_drivers_told *told, const struct ud_strv *names,
                         const struct ud_device_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        if (report->devices[i].ids_known && told_is_meant(names, &report->devices[i])) {
            told_add_attached(told, &report->devices[i]);
        }
    }
    for (size_t n = 0; n < names->len; n++) {
        bool there = false;
        for (size_t i = 0; i < told->count && !there; i++) {
            there = ud_str_equal_nocase(told->devices[i].ids, names->items[n]);
        }
        if (!there) {
            told_add_named(told, names->items[n]);
        }
    }
}

/* ---- the use case ---- */

static enum ud_code told_find(const struct ud_attach_session *session, const char *input,
                              struct ud_drivers_told *told, struct ud_error *err)
{
    struct ud_strv all = {0};
    struct ud_attach_drivers drivers;
    for (size_t i = 0; i < told->count; i++) {
        for (size_t k = 0; k < told->devices[i].count; k++) {
            const char *modalias = told->devices[i].wanted[k].modalias;
            if (modalias[0] != '\0' && !ud_strv_has(&all, modalias)) {
                ud_strv_add(&all, modalias);
            }
        }
    }
    enum ud_code rc = ud_attach_drivers_ask(session, input, &all, &drivers, err);
    for (size_t i = 0; i < told->count && rc == UD_OK; i++) {
        for (size_t k = 0; k < told->devices[i].count; k++) {
            struct ud_driver_wanted *wanted = &told->devices[i].wanted[k];
            ud_attach_drivers_find(&drivers, wanted->modalias, &wanted->found);
        }
    }
    ud_attach_drivers_done(&drivers);
    ud_strv_done(&all);
    return rc;
}

static enum ud_code drivers_tell(const struct ud_attach_session *session,
                                 const struct ud_drivers_options *options,
                                 struct ud_drivers_told *told, struct ud_error *err)
{
    struct ud_attach_answer answer;
    struct ud_device_report report;
    enum ud_code rc = ud_attach_look(session, &answer, &report, err);
    if (rc == UD_OK) {
        told_add_all(told, &options->devices, &report);
    }
    ud_device_report_done(&report);
    ud_attach_answer_done(&answer);
    return rc == UD_OK ? told_find(session, options->input, told, err) : rc;
}

static enum ud_code drivers_check(const struct ud_strv *devices, struct ud_error *err)
{
    struct ud_driver_wish wish = {0};
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < devices->len && rc == UD_OK; i++) {
        rc = ud_driver_wish_add_device(&wish, devices->items[i], err);
    }
    ud_driver_wish_done(&wish);
    return rc;
}

enum ud_code ud_app_drivers(const struct ud_app *app, const struct ud_drivers_options *options,
                            struct ud_drivers_told *ret, struct ud_error *err)
{
    struct ud_attach_session session;
    struct ud_drivers_told told = {0};
    UD_TRY(drivers_check(&options->devices, err));
    enum ud_code rc = ud_attach_session_begin(app, &options->vm, &session, err);
    if (rc == UD_OK) {
        ud_report_step(app->report, "Looking for drivers");
        rc = drivers_tell(&session, options, &told, err);
    }
    if (rc == UD_OK) {
        ud_report_step_end(app->report, NULL);
        *ret = told;
    } else {
        ud_drivers_told_done(&told);
    }
    ud_attach_session_done(&session);
    return rc;
}
