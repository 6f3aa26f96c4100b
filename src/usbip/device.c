#include "usbip/device.h"

#include <stddef.h>

uint32_t ud_usbip_devid(const struct ud_usbip_device *device)
{
    return device->busnum << 16 | (device->devnum & 0xffff);
}

bool ud_usbip_busid_valid(const char *text)
{
    size_t len = 0;
    for (; text[len] != '\0'; len++) {
        if (len == UD_USBIP_BUSID_MAX || text[len] <= ' ' || text[len] > '~') {
            return false;
        }
    }
    return len > 0;
}

static const struct {
    const char *name;
    const char *hub;
} speeds[] = {
    [UD_USBIP_SPEED_UNKNOWN] = {"unknown", NULL},
    [UD_USBIP_SPEED_LOW] = {"low", "hs"},
    [UD_USBIP_SPEED_FULL] = {"full", "hs"},
    [UD_USBIP_SPEED_HIGH] = {"high", "hs"},
    [UD_USBIP_SPEED_WIRELESS] = {"wireless", "hs"},
    [UD_USBIP_SPEED_SUPER] = {"super", "ss"},
    [UD_USBIP_SPEED_SUPER_PLUS] = {"super-plus", "ss"},
};

/* The row of a speed; the first, unknown, of a number that is none. */
static size_t speed_row(uint32_t speed)
{
    return speed < sizeof speeds / sizeof speeds[0] ? speed : UD_USBIP_SPEED_UNKNOWN;
}

const char *ud_usbip_speed_name(uint32_t speed)
{
    return speeds[speed_row(speed)].name;
}

const char *ud_usbip_speed_hub(uint32_t speed)
{
    return speeds[speed_row(speed)].hub;
}

/* drivers/usb/usbip/vhci_sysfs.c, valid_args(): 6.12 was the first with USB_SPEED_SUPER_PLUS. */
static bool takes_super_plus(unsigned major, unsigned minor)
{
    return major > 6 || (major == 6 && minor >= 12);
}

enum ud_code ud_usbip_speed_for(uint32_t speed, unsigned major, unsigned minor, uint32_t *ret,
                                struct ud_error *err)
{
    if (ud_usbip_speed_hub(speed) == NULL) {
        return ud_fail(err, UD_ERR_UNFIT,
                       "Plug the device in again where the server runs, and look there "
                       "whether the system recognizes it.",
                       "the server does not know the speed of the device (it says %lu), and "
                       "vhci_hcd takes none without",
                       (unsigned long)speed);
    }
    bool lower = speed == UD_USBIP_SPEED_SUPER_PLUS && !takes_super_plus(major, minor);
    *ret = lower ? UD_USBIP_SPEED_SUPER : speed;
    return UD_OK;
}
