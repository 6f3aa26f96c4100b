/* The header of an answer: whether it is USB/IP at all, and what a status means. */
#ifndef USBIP_OP_HEADER_H
#define USBIP_OP_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

enum { UD_OP_HEADER_SIZE = 8 };

enum ud_op_code {
    UD_OP_REQ_DEVLIST = 0x8005,
    UD_OP_REP_DEVLIST = 0x0005,
    UD_OP_REQ_IMPORT = 0x8003,
    UD_OP_REP_IMPORT = 0x0003
};

void ud_op_header_write(enum ud_op_code code, unsigned char ret[UD_OP_HEADER_SIZE]);

/* Version and code, the first four of bytes, of which there may be more: the rest is
 * only shown where it is text. */
UD_MUST_CHECK enum ud_code ud_op_header_check(const unsigned char *bytes, size_t len,
                                              enum ud_op_code wanted, struct ud_error *err);

/* UD_OK for status 0. busid is "" where a list was asked for. */
UD_MUST_CHECK enum ud_code ud_op_status_check(uint32_t status, const char *busid,
                                              struct ud_error *err);

#endif
