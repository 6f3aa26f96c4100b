#include "usbip/usbip.h"

#include <string.h>

#include "bigendian.h"

enum { ENDPOINT_MAX = 15, NOT_ISOCHRONOUS = -1 };

/* Where the members are, in bytes; those from 20 on depend on the command. */
enum {
    AT_COMMAND = 0,
    AT_SEQNUM = 4,
    AT_DEVID = 8,
    AT_DIRECTION = 12,
    AT_ENDPOINT = 16,
    AT_FLAGS = 20,
    AT_LENGTH = 24,
    AT_START_FRAME = 28,
    AT_PACKETS = 32,
    AT_INTERVAL = 36,
    AT_ERROR_COUNT = 36,
    AT_SETUP = 40,
    AT_STATUS = 20,
    AT_UNLINKED = 20
};

void ud_usbip_encode(const struct ud_usbip_header *header, unsigned char ret[UD_USBIP_HEADER_SIZE])
{
    memset(ret, 0, UD_USBIP_HEADER_SIZE);
    ud_put_be32(ret + AT_COMMAND, header->command);
    ud_put_be32(ret + AT_SEQNUM, header->seqnum);
    ud_put_be32(ret + AT_DEVID, header->devid);
    ud_put_be32(ret + AT_DIRECTION, header->direction);
    ud_put_be32(ret + AT_ENDPOINT, header->endpoint);
    switch (header->command) {
    case UD_USBIP_CMD_SUBMIT:
        ud_put_be32(ret + AT_FLAGS, header->flags);
        ud_put_be32(ret + AT_LENGTH, header->length);
        ud_put_be32(ret + AT_START_FRAME, header->start_frame);
        ud_put_be32(ret + AT_PACKETS, header->packets);
        ud_put_be32(ret + AT_INTERVAL, header->interval);
        memcpy(ret + AT_SETUP, header->setup, UD_USBIP_SETUP_SIZE);
        break;
    case UD_USBIP_RET_SUBMIT:
        ud_put_be32(ret + AT_STATUS, (uint32_t)header->status);
        ud_put_be32(ret + AT_LENGTH, header->length);
        ud_put_be32(ret + AT_START_FRAME, header->start_frame);
        ud_put_be32(ret + AT_PACKETS, header->packets);
        ud_put_be32(ret + AT_ERROR_COUNT, header->error_count);
        break;
    case UD_USBIP_CMD_UNLINK:
        ud_put_be32(ret + AT_UNLINKED, header->unlinked);
        break;
    default:
        ud_put_be32(ret + AT_STATUS, (uint32_t)header->status);
        break;
    }
}

static void read_transfer(const unsigned char *bytes, struct ud_usbip_header *header)
{
    header->length = ud_get_be32(bytes + AT_LENGTH);
    header->start_frame = ud_get_be32(bytes + AT_START_FRAME);
    header->packets = ud_get_be32(bytes + AT_PACKETS);
    if (header->packets == (uint32_t)NOT_ISOCHRONOUS) {
        header->packets = 0;
    }
}

static void read_members(const unsigned char *bytes, struct ud_usbip_header *header)
{
    switch (header->command) {
    case UD_USBIP_CMD_SUBMIT:
        read_transfer(bytes, header);
        header->flags = ud_get_be32(bytes + AT_FLAGS);
        header->interval = ud_get_be32(bytes + AT_INTERVAL);
        memcpy(header->setup, bytes + AT_SETUP, UD_USBIP_SETUP_SIZE);
        break;
    case UD_USBIP_RET_SUBMIT:
        read_transfer(bytes, header);
        header->status = (int32_t)ud_get_be32(bytes + AT_STATUS);
        header->error_count = ud_get_be32(bytes + AT_ERROR_COUNT);
        break;
    case UD_USBIP_CMD_UNLINK:
        header->unlinked = ud_get_be32(bytes + AT_UNLINKED);
        break;
    default:
        header->status = (int32_t)ud_get_be32(bytes + AT_STATUS);
        break;
    }
}

static const char *usbip_what_is_wrong(const struct ud_usbip_header *header)
{
    if (header->direction > UD_USBIP_IN) {
        return "a direction that is neither in nor out";
    }
    if (header->endpoint > ENDPOINT_MAX) {
        return "an endpoint over 15";
    }
    if (header->length > UD_USBIP_TRANSFER_MAX) {
        return "a transfer that is too large";
    }
    return header->packets > UD_USBIP_PACKETS_MAX ? "too many isochronous packets" : NULL;
}

enum ud_code ud_usbip_decode(const unsigned char bytes[UD_USBIP_HEADER_SIZE],
                             struct ud_usbip_header *ret, struct ud_error *err)
{
    struct ud_usbip_header header = {
        .command = ud_get_be32(bytes + AT_COMMAND),
        .seqnum = ud_get_be32(bytes + AT_SEQNUM),
        .devid = ud_get_be32(bytes + AT_DEVID),
        .direction = ud_get_be32(bytes + AT_DIRECTION),
        .endpoint = ud_get_be32(bytes + AT_ENDPOINT),
    };
    if (header.command < UD_USBIP_CMD_SUBMIT || header.command > UD_USBIP_RET_UNLINK) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "USB/IP has no command %lu",
                       (unsigned long)header.command);
    }
    read_members(bytes, &header);
    const char *wrong = usbip_what_is_wrong(&header);
    if (wrong != NULL) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "USB/IP command %lu has %s",
                       (unsigned long)header.command, wrong);
    }
    *ret = header;
    return UD_OK;
}

size_t ud_usbip_command_payload(const struct ud_usbip_header *header)
{
    if (header->command != UD_USBIP_CMD_SUBMIT) {
        return 0;
    }
    size_t data = header->direction == UD_USBIP_OUT ? header->length : 0;
    return data + (size_t)header->packets * UD_USBIP_PACKET_SIZE;
}
