/* The URBs of USB/IP: what passes on the connection of an attached device, in
 * both directions, as headers of 48 bytes, big-endian, followed by a payload.
 * Source: the kernel's Documentation/usb/usbip_protocol.rst. */
#ifndef USBIP_USBIP_H
#define USBIP_USBIP_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

enum {
    UD_USBIP_HEADER_SIZE = 48,
    UD_USBIP_SETUP_SIZE = 8,
    UD_USBIP_PACKET_SIZE = 16,               /* describes one isochronous packet */
    UD_USBIP_TRANSFER_MAX = 8 * 1024 * 1024, /* bytes of one transfer that is taken */
    UD_USBIP_PACKETS_MAX = 1024              /* drivers/usb/usbip/usbip_common.h, 5.12 */
};

enum ud_usbip_command {
    UD_USBIP_CMD_SUBMIT = 1,
    UD_USBIP_CMD_UNLINK = 2,
    UD_USBIP_RET_SUBMIT = 3,
    UD_USBIP_RET_UNLINK = 4
};

enum ud_usbip_direction { UD_USBIP_OUT = 0, UD_USBIP_IN = 1 };

/* The status of an answer is 0 or one of these, which are Linux's whatever the
 * system that this runs on. */
enum { UD_USBIP_STALL = -32 /* EPIPE */, UD_USBIP_UNLINKED = -104 /* ECONNRESET */ };

/* The members of one command; those that it does not have are 0. */
struct ud_usbip_header {
    uint32_t command; /* enum ud_usbip_command */
    uint32_t seqnum;
    uint32_t devid;     /* commands: busnum << 16 | devnum */
    uint32_t direction; /* commands: enum ud_usbip_direction */
    uint32_t endpoint;  /* commands: 0 to 15 */

    uint32_t flags;       /* CMD_SUBMIT */
    uint32_t length;      /* CMD_SUBMIT: of the buffer; RET_SUBMIT: bytes transferred */
    int32_t status;       /* RET_SUBMIT, RET_UNLINK */
    uint32_t start_frame; /* CMD_SUBMIT, RET_SUBMIT */
    uint32_t packets;     /* CMD_SUBMIT, RET_SUBMIT: isochronous ones; 0 for other transfers */
    uint32_t interval;    /* CMD_SUBMIT */
    uint32_t error_count; /* RET_SUBMIT: of isochronous packets */
    unsigned char setup[UD_USBIP_SETUP_SIZE]; /* CMD_SUBMIT */

    uint32_t unlinked; /* CMD_UNLINK: the seqnum of the command that is not wanted any more */
};

void ud_usbip_encode(const struct ud_usbip_header *header, unsigned char ret[UD_USBIP_HEADER_SIZE]);

/* UD_ERR_PROTOCOL for a command that does not exist, a direction or endpoint that
 * cannot be, and a transfer over the maxima. That a transfer is not isochronous
 * is written as 0 or 0xffffffff packets, and read as 0. */
UD_MUST_CHECK enum ud_code ud_usbip_decode(const unsigned char bytes[UD_USBIP_HEADER_SIZE],
                                           struct ud_usbip_header *ret, struct ud_error *err);

/* The number of bytes that follow a command's header. How many follow an answer
 * depends on its command: length and the packets if that was of UD_USBIP_IN, else
 * the packets only. */
size_t ud_usbip_command_payload(const struct ud_usbip_header *header);

#endif
