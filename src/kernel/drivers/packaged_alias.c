/* For which devices a compiled module is: the aliases that its file has of its device tables.
 * Facts: do_usb_entry() and do_hid_entry() of the kernel's scripts/mod/file2alias.c. */
#include <string.h>

#include "drivers/devices.h"
#include "kernel/drivers/packaged.h"
#include "util/str.h"

enum { BUS_USB = 3 }; /* of HID devices: include/uapi/linux/input.h */

enum alias_says { ALIAS_ANY, ALIAS_NUMBER, ALIAS_ELSE };

/* What the alias has behind mark: "*", so many hexadecimal digits, or neither. Letters of marks
 * are no digits in it, which are of upper case. */
static enum alias_says alias_field(const char *alias, const char *mark, size_t digits,
                                   uint32_t *ret)
{
    const char *at = strstr(alias, mark);
    if (at == NULL) {
        return ALIAS_ELSE;
    }
    at += strlen(mark);
    if (at[0] == '*') {
        return ALIAS_ANY;
    }
    if (strlen(at) < digits) {
        return ALIAS_ELSE;
    }
    return ud_slice_hex_to_u32((struct ud_slice){at, digits}, ret) ? ALIAS_NUMBER : ALIAS_ELSE;
}

/* Whether it says nothing against value. *ret_says: it names it. */
static bool alias_agrees(const char *alias, const char *mark, size_t digits, unsigned value,
                         bool *ret_says)
{
    uint32_t number = 0;
    const enum alias_says says = alias_field(alias, mark, digits, &number);
    *ret_says = says == ALIAS_NUMBER;
    return says == ALIAS_ANY || (says == ALIAS_NUMBER && number == value);
}

/* "usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*" */
static bool alias_fits_usb(const char *alias, const struct ud_device *device)
{
    bool vendor = false;
    bool class = false;
    bool other = false;
    const bool names_it = alias_agrees(alias, ":v", 4, device->vendor, &vendor) &&
                          alias_agrees(alias, "p", 4, device->product, &other);
    if (!device->has_class) {
        return names_it && vendor;
    }
    return names_it && alias_agrees(alias, "ic", 2, device->class, &class) &&
           alias_agrees(alias, "isc", 2, device->subclass, &other) &&
           alias_agrees(alias, "ip", 2, device->protocol, &other) && (vendor || class);
}

/* "hid:b0003g*v0000046Dp0000C52B" */
static bool alias_fits_hid(const char *alias, const struct ud_device *device)
{
    bool vendor = false;
    bool other = false;
    return alias_agrees(alias, ":b", 4, BUS_USB, &other) &&
           alias_agrees(alias, "v", 8, device->vendor, &vendor) &&
           alias_agrees(alias, "p", 8, device->product, &other) && vendor;
}

bool ud_packaged_alias_fits(const char *alias, const char *device)
{
    struct ud_device parsed;
    if (ud_device_parse(device, &parsed, NULL) != UD_OK) {
        return false;
    }
    /* The letters of "usb:" and "hid:" are not those of a mark. */
    if (ud_str_starts(alias, "usb:")) {
        return alias_fits_usb(alias + strlen("usb"), &parsed);
    }
    return ud_str_starts(alias, "hid:") && alias_fits_hid(alias + strlen("hid"), &parsed);
}
