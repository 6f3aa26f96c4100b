#include "usbip/op.h"

#include <stdlib.h>
#include <string.h>

#include "bigendian.h"
#include "op_header.h"
#include "util/mem.h"

/* The parts of an answer, in their order; the last two come once for each device of a
 * list, an import ends with one record. */
enum { PART_CODE, PART_STATUS, PART_COUNT, PART_RECORD, PART_INTERFACES };

/* Where the members of a record are, in bytes. */
enum {
    AT_BUSID = 256,
    BUSID_SIZE = 32,
    AT_BUSNUM = 288,
    AT_DEVNUM = 292,
    AT_SPEED = 296,
    AT_VENDOR = 300,
    AT_PRODUCT = 302,
    AT_RELEASE = 304,
    AT_CLASS = 306,
    AT_CONFIGURATION = 309,
    AT_CONFIGURATIONS = 310,
    AT_INTERFACES = 311,
    INTERFACE_SIZE = 4
};

void ud_op_list_request(unsigned char ret[UD_OP_LIST_REQUEST_SIZE])
{
    ud_op_header_write(UD_OP_REQ_DEVLIST, ret);
}

enum ud_code ud_op_import_request(const char *busid, unsigned char ret[UD_OP_IMPORT_REQUEST_SIZE],
                                  struct ud_error *err)
{
    if (!ud_usbip_busid_valid(busid)) {
        return ud_fail(err, UD_ERR_USAGE, "Take a busid from the list of the server's devices.",
                       "a busid has 1 to %d characters, none of them a blank", UD_USBIP_BUSID_MAX);
    }
    memset(ret, 0, UD_OP_IMPORT_REQUEST_SIZE);
    ud_op_header_write(UD_OP_REQ_IMPORT, ret);
    memcpy(ret + UD_OP_HEADER_SIZE, busid, strlen(busid));
    return UD_OK;
}

static void reader_expect(struct ud_op_reader *reader, int part, size_t need)
{
    reader->part = part;
    reader->have = 0;
    reader->need = need;
}

static void reader_end(struct ud_op_reader *reader)
{
    reader->whole = true;
    reader->have = 0;
    reader->need = 0;
}

void ud_op_reader_init_list(struct ud_op_reader *reader)
{
    *reader = (struct ud_op_reader){0};
    reader_expect(reader, PART_CODE, 4);
}

void ud_op_reader_init_import(struct ud_op_reader *reader, const char *busid)
{
    ud_op_reader_init_list(reader);
    size_t len = strlen(busid);
    memcpy(reader->busid, busid, len < UD_USBIP_BUSID_MAX ? len : UD_USBIP_BUSID_MAX);
}

void ud_op_reader_done(struct ud_op_reader *reader)
{
    free(reader->devices);
    *reader = (struct ud_op_reader){0};
}

static bool reads_import(const struct ud_op_reader *reader)
{
    return reader->busid[0] != '\0';
}

/* Characters of a field before its NUL, or all where there is none. */
static size_t field_length(const unsigned char *field, size_t size)
{
    const unsigned char *end = memchr(field, '\0', size);
    return end != NULL ? (size_t)(end - field) : size;
}

static void take_path(const unsigned char *field, char dst[UD_USBIP_PATH_MAX + 1])
{
    size_t len = field_length(field, UD_USBIP_PATH_MAX);
    for (size_t i = 0; i < len; i++) {
        dst[i] = field[i] >= ' ' && field[i] <= '~' ? (char)field[i] : '?';
    }
    dst[len] = '\0';
}

static enum ud_code take_busid(const struct ud_op_reader *reader, const unsigned char *field,
                               char dst[UD_USBIP_BUSID_MAX + 1], struct ud_error *err)
{
    char text[BUSID_SIZE + 1] = {0};
    memcpy(text, field, field_length(field, BUSID_SIZE));
    if (!ud_usbip_busid_valid(text)) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "device %lu of the server's answer has a busid that is empty, longer than "
                       "%d characters or not printable",
                       (unsigned long)reader->count + 1, UD_USBIP_BUSID_MAX);
    }
    memcpy(dst, text, UD_USBIP_BUSID_MAX + 1);
    return UD_OK;
}

static struct ud_usbip_class take_class(const unsigned char *bytes)
{
    return (struct ud_usbip_class){bytes[0], bytes[1], bytes[2]};
}

static enum ud_code take_record(const struct ud_op_reader *reader, struct ud_usbip_device *ret,
                                struct ud_error *err)
{
    const unsigned char *bytes = reader->bytes;
    *ret = (struct ud_usbip_device){
        .busnum = ud_get_be32(bytes + AT_BUSNUM),
        .devnum = ud_get_be32(bytes + AT_DEVNUM),
        .speed = ud_get_be32(bytes + AT_SPEED),
        .vendor = ud_get_be16(bytes + AT_VENDOR),
        .product = ud_get_be16(bytes + AT_PRODUCT),
        .release = ud_get_be16(bytes + AT_RELEASE),
        .class = take_class(bytes + AT_CLASS),
        .configuration = bytes[AT_CONFIGURATION],
        .configurations = bytes[AT_CONFIGURATIONS],
        .interface_count = bytes[AT_INTERFACES],
    };
    take_path(bytes, ret->path);
    UD_TRY(take_busid(reader, bytes + AT_BUSID, ret->busid, err));
    if (ret->interface_count > UD_USBIP_INTERFACES_MAX) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the server says that its device %s has %u interfaces; %d are the most",
                       ret->busid, ret->interface_count, UD_USBIP_INTERFACES_MAX);
    }
    if (reads_import(reader) && strcmp(ret->busid, reader->busid) != 0) {
        return ud_fail(err, UD_ERR_PROTOCOL, "Look at the server's log, and update it.",
                       "the server hands over the device %s where %s was asked for", ret->busid,
                       reader->busid);
    }
    return UD_OK;
}

/* Room grows with what arrives, not with what the server announces. */
static struct ud_usbip_device *reader_next_device(struct ud_op_reader *reader)
{
    if ((reader->count & (reader->count - 1)) == 0) {
        size_t room = reader->count > 0 ? reader->count * 2 : 1;
        reader->devices = ud_realloc(reader->devices, room, sizeof *reader->devices);
    }
    return &reader->devices[reader->count];
}

static void reader_expect_device(struct ud_op_reader *reader)
{
    if (reader->count == reader->announced) {
        reader_end(reader);
    } else {
        reader_expect(reader, PART_RECORD, UD_OP_RECORD_SIZE);
    }
}

static enum ud_code take_status(struct ud_op_reader *reader, struct ud_error *err)
{
    UD_TRY(ud_op_status_check(ud_get_be32(reader->bytes), reader->busid, err));
    if (reads_import(reader)) {
        reader->announced = 1;
        reader_expect_device(reader);
    } else {
        reader_expect(reader, PART_COUNT, 4);
    }
    return UD_OK;
}

static enum ud_code take_count(struct ud_op_reader *reader, struct ud_error *err)
{
    uint32_t count = ud_get_be32(reader->bytes);
    if (count > UD_OP_DEVICES_MAX) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the server announces a list of %lu devices; %d are the most that is read",
                       (unsigned long)count, UD_OP_DEVICES_MAX);
    }
    reader->announced = count;
    reader_expect_device(reader);
    return UD_OK;
}

static enum ud_code take_device(struct ud_op_reader *reader, struct ud_error *err)
{
    struct ud_usbip_device device;
    UD_TRY(take_record(reader, &device, err));
    *reader_next_device(reader) = device;
    if (reads_import(reader) || device.interface_count == 0) {
        reader->devices[reader->count].interfaces_told = !reads_import(reader);
        reader->count++;
        reader_expect_device(reader);
    } else {
        reader_expect(reader, PART_INTERFACES, (size_t)device.interface_count * INTERFACE_SIZE);
    }
    return UD_OK;
}

static enum ud_code take_interfaces(struct ud_op_reader *reader)
{
    struct ud_usbip_device *device = &reader->devices[reader->count];
    for (size_t i = 0; i < device->interface_count; i++) {
        device->interfaces[i] = take_class(reader->bytes + i * INTERFACE_SIZE);
    }
    device->interfaces_told = true;
    reader->count++;
    reader_expect_device(reader);
    return UD_OK;
}

static enum ud_code take_part(struct ud_op_reader *reader, struct ud_error *err)
{
    switch (reader->part) {
    case PART_CODE:
        reader_expect(reader, PART_STATUS, 4);
        return UD_OK;
    case PART_STATUS:
        return take_status(reader, err);
    case PART_COUNT:
        return take_count(reader, err);
    case PART_RECORD:
        return take_device(reader, err);
    default:
        return take_interfaces(reader);
    }
}

/* The first four bytes are checked together with those that came along, so that a
 * stranger's greeting can be shown. */
static enum ud_code check_code(const struct ud_op_reader *reader, const unsigned char *more,
                               size_t len, struct ud_error *err)
{
    unsigned char bytes[sizeof reader->bytes];
    size_t room = sizeof bytes - reader->have;
    size_t taken = len < room ? len : room;
    enum ud_op_code wanted = reads_import(reader) ? UD_OP_REP_IMPORT : UD_OP_REP_DEVLIST;
    memcpy(bytes, reader->bytes, reader->have);
    memcpy(bytes + reader->have, more, taken);
    return ud_op_header_check(bytes, reader->have + taken, wanted, err);
}

enum ud_code ud_op_feed(struct ud_op_reader *reader, const void *bytes, size_t len,
                        size_t *ret_used, struct ud_error *err)
{
    const unsigned char *next = bytes;
    size_t left = len;
    while (left > 0 && !reader->whole) {
        size_t lack = reader->need - reader->have;
        size_t taken = lack < left ? lack : left;
        if (reader->part == PART_CODE && taken == lack) {
            UD_TRY(check_code(reader, next, left, err));
        }
        memcpy(reader->bytes + reader->have, next, taken);
        reader->have += taken;
        next += taken;
        left -= taken;
        if (reader->have == reader->need) {
            UD_TRY(take_part(reader, err));
        }
    }
    *ret_used = len - left;
    return UD_OK;
}

size_t ud_op_wanted(const struct ud_op_reader *reader)
{
    return reader->need - reader->have;
}

enum ud_code ud_op_reader_end(const struct ud_op_reader *reader, struct ud_error *err)
{
    if (reader->whole) {
        return UD_OK;
    }
    if (reader->part == PART_CODE && reader->have == 0) {
        return ud_fail(err, UD_ERR_UNREACHABLE, "Look at the server's log.",
                       "the server closed the connection without an answer");
    }
    if (reader->part == PART_CODE && reader->bytes[0] != UD_OP_PROTOCOL >> 8) {
        return check_code(reader, reader->bytes, 0, err);
    }
    return ud_fail(err, UD_ERR_UNREACHABLE, "Look at the server's log.",
                   "the server closed the connection within its answer, after %lu of %lu devices",
                   (unsigned long)reader->count, (unsigned long)reader->announced);
}
