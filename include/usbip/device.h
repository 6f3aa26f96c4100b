/* A device as a USB/IP server describes it, and what its speed means to vhci_hcd. */
#ifndef USBIP_DEVICE_H
#define USBIP_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

enum {
    UD_USBIP_PATH_MAX = 256,     /* characters: the whole field of the wire */
    UD_USBIP_BUSID_MAX = 31,     /* characters */
    UD_USBIP_INTERFACES_MAX = 32 /* of one device; Linux takes as many, USB_MAXINTERFACES */
};

/* What a device or an interface is: bClass, bSubClass, bProtocol. */
struct ud_usbip_class {
    uint8_t base;
    uint8_t sub;
    uint8_t protocol;
};

struct ud_usbip_device {
    char path[UD_USBIP_PATH_MAX + 1];   /* on the server, for show only; may be "" */
    char busid[UD_USBIP_BUSID_MAX + 1]; /* printable ASCII without blanks, never "" */
    uint32_t busnum;
    uint32_t devnum;
    uint32_t speed; /* enum ud_usbip_speed, or what a server made up */
    uint16_t vendor;
    uint16_t product;
    uint16_t release; /* bcdDevice */
    struct ud_usbip_class class;
    uint8_t configuration;   /* the active one's bConfigurationValue; 0 if there is none */
    uint8_t configurations;  /* how many there are */
    uint8_t interface_count; /* of the active configuration */
    bool interfaces_told;    /* false in an answer to an import: that gives their number only */
    struct ud_usbip_class interfaces[UD_USBIP_INTERFACES_MAX];
};

/* By which both sides name the device in URBs, and vhci_hcd in its status. */
uint32_t ud_usbip_devid(const struct ud_usbip_device *device);

/* Whether text can be a busid: 1 to 31 printable ASCII characters without a blank. What
 * is between is each server's own: "1-1.4" (Linux), "1-0", "20-35-6" (macOS). */
bool ud_usbip_busid_valid(const char *text);

/* include/uapi/linux/usb/ch9.h, enum usb_device_speed */
enum ud_usbip_speed {
    UD_USBIP_SPEED_UNKNOWN = 0,
    UD_USBIP_SPEED_LOW = 1,
    UD_USBIP_SPEED_FULL = 2,
    UD_USBIP_SPEED_HIGH = 3,
    UD_USBIP_SPEED_WIRELESS = 4,
    UD_USBIP_SPEED_SUPER = 5,
    UD_USBIP_SPEED_SUPER_PLUS = 6
};

/* "low", "full", "high", "wireless", "super", "super-plus"; "unknown" for all else. */
const char *ud_usbip_speed_name(uint32_t speed);

/* The hub of vhci_hcd whose ports take that speed, in the words of its status: "hs" up to
 * wireless, "ss" from super on. NULL if there is none, since vhci_hcd refuses the speed. */
const char *ud_usbip_speed_hub(uint32_t speed);

/* The number to hand to the vhci_hcd of Linux major.minor for a device of that speed:
 * super-plus is one that kernels before 6.12 refuse, and super the nearest they know.
 * UD_ERR_UNFIT for a speed that no kernel takes. It is not guessed: a wrong speed makes
 * other endpoint sizes, and a device that fails at the first transfer. */
UD_MUST_CHECK enum ud_code ud_usbip_speed_for(uint32_t speed, unsigned major, unsigned minor,
                                              uint32_t *ret, struct ud_error *err);

#endif
