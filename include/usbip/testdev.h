/* The USB device of the self-test: it can be enumerated and configured, and
 * nothing else. Pure: commands in, answers out. */
#ifndef USBIP_TESTDEV_H
#define USBIP_TESTDEV_H

#include <stdint.h>

#include "usbip/usbip.h"
#include "util/buf.h"

/* 1209:0001 is the first of pid.codes' identifiers for tests
 * (https://pid.codes/1209/0001/), which no product and no driver has. */
enum { UD_TESTDEV_VENDOR = 0x1209, UD_TESTDEV_PRODUCT = 0x0001 };

enum {
    UD_TESTDEV_SPEED = 3,        /* USB_SPEED_HIGH, include/uapi/linux/usb/ch9.h */
    UD_TESTDEV_SERIAL_MAX = 16,  /* characters */
    UD_TESTDEV_ANSWER_MAX = 1024 /* bytes of one answer; a string has 255 at the most */
};

struct ud_testdev {
    char serial[UD_TESTDEV_SERIAL_MAX + 1]; /* by which it is told from any other; ASCII */
    uint8_t configuration;                  /* what SET_CONFIGURATION chose: 0 or 1 */
    uint32_t urbs;                          /* CMD_SUBMITs that were answered */
    uint32_t stalls;                        /* of these, refused with UD_USBIP_STALL */
};

/* serial is copied, and cut at UD_TESTDEV_SERIAL_MAX. */
void ud_testdev_init(struct ud_testdev *device, const char *serial);

/* Answers one command: adds header and payload of the answer, at most
 * UD_TESTDEV_ANSWER_MAX bytes, to ret. What follows the command's header is of no
 * interest. What the device does not know it stalls, as real ones do. It answers
 * at once, so a command to unlink always comes too late, which is status 0.
 * UD_ERR_PROTOCOL if header is that of an answer. */
UD_MUST_CHECK enum ud_code ud_testdev_answer(struct ud_testdev *device,
                                             const struct ud_usbip_header *header,
                                             struct ud_buf *ret, struct ud_error *err);

#endif
