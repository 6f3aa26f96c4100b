/* Which of a server's devices is meant: "1-1", "0403:6001", "0403:6001:FT*". */
#ifndef USBIP_SELECT_H
#define USBIP_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "usbip/device.h"
#include "util/error.h"

enum { UD_USBIP_SERIAL_MAX = 126 }; /* characters: a string descriptor has 255 bytes */

struct ud_usbip_selector {
    char busid[UD_USBIP_BUSID_MAX + 1]; /* "" where the rest decides */
    uint16_t vendor;
    uint16_t product;
    char serial[UD_USBIP_SERIAL_MAX + 1]; /* a pattern with * ? [a-z]; "" for any */
};

/* What has a colon is VID:PID or VID:PID:SERIAL, in hexadecimal; all else is a busid.
 * UD_ERR_USAGE if it can be neither. */
UD_MUST_CHECK enum ud_code ud_usbip_selector_parse(const char *text, struct ud_usbip_selector *ret,
                                                   struct ud_error *err);

/* Whether a device with that serial number is one that is meant. */
bool ud_usbip_serial_fits(const struct ud_usbip_selector *selector, const char *serial);

/* The one device that is meant: *ret is its index.
 *
 * serials has a text for each device, or NULL for one whose serial number is not known;
 * it may be NULL itself. A server's list does not tell them, the attached device does: a
 * selector with a serial number then finds those that could be it, and the caller asks
 * ud_usbip_serial_fits() once the device is attached.
 *
 * A device that the list has twice, the same in all that names it, counts once.
 *
 *   UD_ERR_NOT_FOUND  there is none; the remedy names what is nearest
 *   UD_ERR_USAGE      there are several; the message lists them */
UD_MUST_CHECK enum ud_code ud_usbip_select(const struct ud_usbip_device *devices, size_t count,
                                           const struct ud_usbip_selector *selector,
                                           const char *const *serials, size_t *ret,
                                           struct ud_error *err);

#endif
