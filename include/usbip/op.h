/* What is said on a connection to a USB/IP server before URBs: which devices are there,
 * and may I have that one. Sources: the kernel's Documentation/usb/usbip_protocol.rst
 * (whose offsets after bcdDevice are one too low) and what tools/usb/usbip accepts.
 *
 * Strict, for what follows would be misread or would reach the kernel:
 *   - the version, 0x0111, and the code of the answer
 *   - the number of devices and of interfaces, which have maxima
 *   - a busid has 1 to 31 printable characters without a blank, and no NUL need end it
 *   - an import is of the device that was asked for
 * Lenient, for servers differ and nothing depends on it:
 *   - any status other than 0 is a refusal; many servers know only 1
 *   - what follows the NUL of a text, the padding of an interface
 *   - the path, which is for show: unprintable bytes become '?', it may be empty
 *   - speeds that do not exist: listed as they are, refused by ud_usbip_speed_for()
 *   - two devices with one busid: both are listed */
#ifndef USBIP_OP_H
#define USBIP_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "usbip/device.h"
#include "util/error.h"

enum {
    UD_OP_TCP_PORT = 3240,
    UD_OP_PROTOCOL = 0x0111,
    UD_OP_LIST_REQUEST_SIZE = 8,
    UD_OP_IMPORT_REQUEST_SIZE = 40,
    UD_OP_RECORD_SIZE = 312, /* describes one device */
    UD_OP_DEVICES_MAX = 1024 /* of one list */
};

void ud_op_list_request(unsigned char ret[UD_OP_LIST_REQUEST_SIZE]);

/* UD_ERR_USAGE if busid cannot be one. */
UD_MUST_CHECK enum ud_code ud_op_import_request(const char *busid,
                                                unsigned char ret[UD_OP_IMPORT_REQUEST_SIZE],
                                                struct ud_error *err);

/* Reads the answer to one of these as it arrives. */
struct ud_op_reader {
    bool whole;                      /* the answer has been read to its end */
    struct ud_usbip_device *devices; /* those that were read, in the server's order */
    size_t count;                    /* after an import: 1 */

    /* The reader's own. */
    char busid[UD_USBIP_BUSID_MAX + 1]; /* that an import asked for; "" for a list */
    int part;
    unsigned char bytes[UD_OP_RECORD_SIZE]; /* of the part that is being read */
    size_t have;
    size_t need;
    size_t announced; /* devices */
};

void ud_op_reader_init_list(struct ud_op_reader *reader);
/* busid was accepted by ud_op_import_request(). */
void ud_op_reader_init_import(struct ud_op_reader *reader, const char *busid);
void ud_op_reader_done(struct ud_op_reader *reader);

/* Takes bytes of the answer, none behind it: *ret_used tells how many. After an import
 * those behind belong to the kernel.
 *
 *   UD_ERR_PROTOCOL   another version, no USB/IP at all, another answer, too many devices
 *                     or interfaces, a device that was not asked for, status 5 or unknown
 *   UD_ERR_ENGINE     the server refuses (status 1) or calls the device broken (status 3)
 *   UD_ERR_BUSY       somebody has the device (status 2)
 *   UD_ERR_NOT_FOUND  there is no such device (status 4)
 *
 * After an error there is nothing more to be read. */
UD_MUST_CHECK enum ud_code ud_op_feed(struct ud_op_reader *reader, const void *bytes, size_t len,
                                      size_t *ret_used, struct ud_error *err);

/* How many bytes may be read from the connection without reading past the answer: what is
 * certain to be part of it and is not there yet. 0 once it is whole. */
size_t ud_op_wanted(const struct ud_op_reader *reader);

/* To be asked when the connection ended: UD_ERR_UNREACHABLE if the answer is not whole, as when a
 * server is killed, or something that forwards takes connections for one that does not run;
 * UD_ERR_PROTOCOL if what came is none of USB/IP. */
UD_MUST_CHECK enum ud_code ud_op_reader_end(const struct ud_op_reader *reader,
                                            struct ud_error *err);

#endif
