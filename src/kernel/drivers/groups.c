#include "drivers/groups.h"

#include <string.h>

#include "kernel/drivers/drivers.h"

/* Directories where the sources keep such drivers together, and what lies elsewhere. */
static const struct ud_driver_group groups[] = {
    {"serial", {"drivers/usb/serial"}, {"cdc_acm"}},
    {"storage", {NULL}, {"usb-storage", "uas", "sd_mod", "sr_mod"}},
    {"hid", {NULL}, {"usbhid", "hid-generic", "evdev"}},
    {"net", {"drivers/net/usb"}, {NULL}},
    {"can", {"drivers/net/can/usb"}, {"can", "can-raw"}},
    {"audio", {NULL}, {"snd-usb-audio"}},
    {"video", {NULL}, {"uvcvideo"}},
};

const struct ud_driver_group *ud_driver_group_find(const char *name)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (strcmp(groups[i].name, name) == 0) {
            return &groups[i];
        }
    }
    return NULL;
}

bool ud_driver_is_group(const char *name)
{
    return ud_driver_group_find(name) != NULL;
}
