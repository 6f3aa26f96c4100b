#include <stdio.h>
#include <stdlib.h>

#include "app/attach/attach.h"
#include "app/attach/driver.h"
#include "util/mem.h"
#include "util/str.h"

const char *ud_driver_place_name(enum ud_driver_place place)
{
    static const char *const names[] = {"built in", "loaded", "in the VM", "built", "none"};
    return names[place];
}

void ud_found_drivers_done(struct ud_found_drivers *drivers)
{
    for (size_t i = 0; i < drivers->count; i++) {
        free(drivers->items[i].module);
    }
    free(drivers->items);
    *drivers = (struct ud_found_drivers){0};
}

enum ud_driver_place ud_found_drivers_place(const struct ud_found_drivers *drivers)
{
    enum ud_driver_place nearest = UD_DRIVER_NOWHERE;
    for (size_t i = 0; i < drivers->count; i++) {
        nearest = drivers->items[i].place < nearest ? drivers->items[i].place : nearest;
    }
    return nearest;
}

char *ud_driver_build_option(const char *modalias)
{
    unsigned vendor;
    unsigned product;
    unsigned class[3];
    if (ud_str_starts(modalias, "scsi:")) {
        return ud_strdup("--with storage");
    }
    if (ud_str_starts(modalias, "hid:") || ud_str_starts(modalias, "input:")) {
        return ud_strdup("--with hid");
    }
    if (sscanf(modalias, "usb:v%4xp%4xd%*4xdc%*2xdsc%*2xdp%*2xic%2xisc%2xip%2x", &vendor, &product,
               &class[0], &class[1], &class[2]) != 5) {
        return NULL;
    }
    if (class[0] == 0 || class[0] == 0xff) { /* not known, or the vendor's own */
        return ud_strf("--for %04x:%04x", vendor, product);
    }
    return ud_strf("--for %04x:%04x:%02x%02x%02x", vendor, product, class[0], class[1], class[2]);
}

static void device_done(struct ud_device_drivers *device)
{
    for (size_t i = 0; i < device->count; i++) {
        free(device->wanted[i].modalias);
        free(device->wanted[i].driver);
        ud_found_drivers_done(&device->wanted[i].found);
    }
    free(device->wanted);
    free(device->ids);
    free(device->name);
}

void ud_drivers_told_done(struct ud_drivers_told *told)
{
    for (size_t i = 0; i < told->count; i++) {
        device_done(&told->devices[i]);
    }
    free(told->devices);
    *told = (struct ud_drivers_told){0};
}

void ud_attached_done(struct ud_attached *attached)
{
    free(attached->server);
    ud_device_report_done(&attached->report);
    ud_strv_done(&attached->loaded);
    ud_strv_done(&attached->missing);
    ud_strv_done(&attached->children);
    *attached = (struct ud_attached){0};
}
