#include "op_header.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bigendian.h"
#include "usbip/op.h"

enum { SHOWN_MAX = 40 };

void ud_op_header_write(enum ud_op_code code, unsigned char ret[UD_OP_HEADER_SIZE])
{
    ud_put_be16(ret, UD_OP_PROTOCOL);
    ud_put_be16(ret + 2, (uint16_t)code);
    ud_put_be32(ret + 4, 0);
}

/* tools/usb/usbip/src/usbip_network.h; those that are not here nobody ever spoke. */
static const struct {
    uint16_t code;
    const char *name;
} codes[] = {
    {UD_OP_REQ_DEVLIST, "OP_REQ_DEVLIST"},
    {UD_OP_REP_DEVLIST, "OP_REP_DEVLIST"},
    {UD_OP_REQ_IMPORT, "OP_REQ_IMPORT"},
    {UD_OP_REP_IMPORT, "OP_REP_IMPORT"},
    {0x8002, "OP_REQ_DEVINFO"},
    {0x0002, "OP_REP_DEVINFO"},
    {0x8006, "OP_REQ_EXPORT"},
    {0x0006, "OP_REP_EXPORT"},
    {0x8007, "OP_REQ_UNEXPORT"},
    {0x0007, "OP_REP_UNEXPORT"},
};

/* NULL for a code that does not exist. */
static const char *op_name(uint16_t code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code == code) {
            return codes[i].name;
        }
    }
    return NULL;
}

/* What else listens on ports, by how it begins. */
static const struct {
    const char *begin;
    size_t len;
    const char *what;
} strangers[] = {
    {"HTTP", 4, "an HTTP server answers there"},
    {"SSH-", 4, "an ssh server answers there"},
    {"\x15\x03", 2, "what answers there wants TLS"},
    {"\x16\x03", 2, "what answers there wants TLS"},
    {"\x11\x01", 2, "what answers there writes its numbers in the wrong byte order"},
};

static const char *stranger_name(const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        if (len >= strangers[i].len && memcmp(bytes, strangers[i].begin, strangers[i].len) == 0) {
            return strangers[i].what;
        }
    }
    return "something else answers there";
}

static bool op_is_printable(unsigned char c)
{
    return c >= ' ' && c <= '~';
}

/* The first line in quotes if it is text, else its first bytes in hexadecimal. */
static void describe_bytes(const unsigned char *bytes, size_t len, char dst[SHOWN_MAX + 3])
{
    size_t used = 0;
    len = len < SHOWN_MAX ? len : SHOWN_MAX;
    while (used < len && op_is_printable(bytes[used])) {
        used++;
    }
    if (used >= 4 || (used > 0 && used == len)) {
        (void)snprintf(dst, SHOWN_MAX + 3, "\"%.*s\"", (int)used, (const char *)bytes);
        return;
    }
    len = len < UD_OP_HEADER_SIZE ? len : UD_OP_HEADER_SIZE;
    for (size_t i = 0; i < len; i++) {
        (void)snprintf(dst + 3 * i, 4, "%02x%s", bytes[i], i + 1 < len ? " " : "");
    }
}

static enum ud_code fail_stranger(const unsigned char *bytes, size_t len, struct ud_error *err)
{
    char shown[SHOWN_MAX + 3];
    describe_bytes(bytes, len, shown);
    return ud_fail(err, UD_ERR_PROTOCOL,
                   "Look at the address and the port: USB/IP servers listen on port 3240.",
                   "this is not a USB/IP server: %s, it begins with %s", stranger_name(bytes, len),
                   shown);
}

static enum ud_code fail_version(uint16_t version, struct ud_error *err)
{
    return ud_fail(
        err, UD_ERR_PROTOCOL, "Update the server: those of Linux and of Windows speak 0x0111.",
        "the server speaks version 0x%04x of USB/IP, this program 0x%04x", version, UD_OP_PROTOCOL);
}

enum ud_code ud_op_header_check(const unsigned char *bytes, size_t len, enum ud_op_code wanted,
                                struct ud_error *err)
{
    if (len < 4) {
        return fail_stranger(bytes, len, err);
    }
    uint16_t version = ud_get_be16(bytes);
    uint16_t code = ud_get_be16(bytes + 2);
    const char *name = op_name(code);
    if (version != UD_OP_PROTOCOL) {
        return name != NULL ? fail_version(version, err) : fail_stranger(bytes, len, err);
    }
    if (code != wanted) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the server answers with 0x%04x (%s) where 0x%04x (%s) is due", code,
                       name != NULL ? name : "which USB/IP does not have", wanted,
                       op_name((uint16_t)wanted));
    }
    return UD_OK;
}

/* The numbers are those of tools/usb/usbip/libsrc/usbip_common.h. What makes a server
 * send them: tools/usb/usbip/libsrc/usbip_host_common.c, and usbipd-win's own words. */
enum { NOT_AVAILABLE = 1, DEVICE_BUSY, DEVICE_ERROR, NO_DEVICE, UNEXPECTED };

static enum ud_code fail_import(uint32_t status, const char *busid, struct ud_error *err)
{
    enum ud_code rc;
    switch (status) {
    case NOT_AVAILABLE:
        rc = ud_fail(err, UD_ERR_ENGINE, NULL,
                     "the server refuses to hand over the device %s (status 1, not available)",
                     busid);
        ud_error_remedy(err,
                        "Share the device on the server: usbipd bind --busid %s (Windows), usbip "
                        "bind -b %s (Linux). Some servers say just this too when the device is in "
                        "use, or is not there.",
                        busid, busid);
        return rc;
    case DEVICE_BUSY:
        rc = ud_fail(err, UD_ERR_BUSY, NULL, "the device %s is in use (status 2, busy)", busid);
        ud_error_remedy(err,
                        "Detach it where it is attached: another machine, or this one before it "
                        "restarted, which the server notices after a while. If a program on the "
                        "server uses it, stop that, or take it away: usbipd bind --force --busid "
                        "%s (Windows), usbip unbind -b %s and usbip bind -b %s (Linux).",
                        busid, busid, busid);
        return rc;
    case DEVICE_ERROR:
        rc =
            ud_fail(err, UD_ERR_ENGINE, NULL,
                    "the server cannot use the device %s (status 3, device in error state)", busid);
        ud_error_remedy(err,
                        "Plug the device in again, then share it anew: usbipd bind --force "
                        "--busid %s (Windows), usbip unbind -b %s and usbip bind -b %s (Linux).",
                        busid, busid, busid);
        return rc;
    case NO_DEVICE:
        rc = ud_fail(err, UD_ERR_NOT_FOUND, NULL,
                     "the server shares no device %s (status 4, no such device)", busid);
        ud_error_remedy(err,
                        "Look at the list of its devices. One that is plugged in there must be "
                        "shared too: usbipd bind --busid %s (Windows), usbip bind -b %s (Linux).",
                        busid, busid);
        return rc;
    case UNEXPECTED:
        return ud_fail(err, UD_ERR_PROTOCOL, "Look at the server's log.",
                       "the server failed at the device %s (status 5, unexpected)", busid);
    default:
        return ud_fail(err, UD_ERR_PROTOCOL, "Look at the server's log.",
                       "the server refuses the device %s with status 0x%lx, which USB/IP does "
                       "not have",
                       busid, (unsigned long)status);
    }
}

enum ud_code ud_op_status_check(uint32_t status, const char *busid, struct ud_error *err)
{
    if (status == 0) {
        return UD_OK;
    }
    if (busid[0] != '\0') {
        return fail_import(status, busid, err);
    }
    return ud_fail(err, UD_ERR_ENGINE, "Look at the server's log.",
                   "the server refuses to list its devices (status 0x%lx)", (unsigned long)status);
}
