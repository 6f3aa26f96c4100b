#include "usbip/testdev.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "testdev_descriptors.h"

/* USB 2.0, 9.4: bmRequestType of those that the device knows, and bRequest. */
enum {
    TO_DEVICE = 0x00,
    TO_INTERFACE = 0x01,
    FROM_DEVICE = 0x80,
    FROM_INTERFACE = 0x81,
    FROM_ENDPOINT = 0x82
};
enum {
    GET_STATUS = 0,
    GET_DESCRIPTOR = 6,
    GET_CONFIGURATION = 8,
    SET_CONFIGURATION = 9,
    GET_INTERFACE = 10,
    SET_INTERFACE = 11
};

enum { SELF_POWERED = 1, ENDPOINT_NUMBER = 0x0f };

struct request {
    uint8_t type;
    uint8_t code;
    uint16_t value;
    uint16_t index;
    uint16_t length;
};

/* What goes back to the host. */
struct data {
    unsigned char bytes[UD_TESTDEV_DESCRIPTOR_MAX];
    size_t len;
};

void ud_testdev_init(struct ud_testdev *device, const char *serial)
{
    *device = (struct ud_testdev){0};
    (void)snprintf(device->serial, sizeof device->serial, "%s", serial);
}

/* A setup packet is little-endian. */
static struct request read_setup(const unsigned char *setup)
{
    return (struct request){
        .type = setup[0],
        .code = setup[1],
        .value = (uint16_t)(setup[2] | setup[3] << 8),
        .index = (uint16_t)(setup[4] | setup[5] << 8),
        .length = (uint16_t)(setup[6] | setup[7] << 8),
    };
}

static bool give_byte(struct data *data, uint8_t byte)
{
    data->bytes[0] = byte;
    data->len = 1;
    return true;
}

static bool give_status(struct data *data, uint8_t status)
{
    data->bytes[0] = status;
    data->bytes[1] = 0;
    data->len = 2;
    return true;
}

static bool testdev_configure(struct ud_testdev *device, uint16_t value)
{
    if (value > 1) {
        return false;
    }
    device->configuration = (uint8_t)value;
    return true;
}

/* False: not a request of this device. */
static bool testdev_control(struct ud_testdev *device, const struct request *request,
                            struct data *data)
{
    bool has_interface = device->configuration == 1 && request->index == 0;
    switch (request->type << 8 | request->code) {
    case FROM_DEVICE << 8 | GET_DESCRIPTOR:
        data->len = ud_testdev_descriptor(device, request->value, data->bytes);
        return data->len > 0;
    case FROM_DEVICE << 8 | GET_CONFIGURATION:
        return give_byte(data, device->configuration);
    case FROM_DEVICE << 8 | GET_STATUS:
        return give_status(data, SELF_POWERED);
    case FROM_INTERFACE << 8 | GET_STATUS:
        return has_interface && give_status(data, 0);
    case FROM_ENDPOINT << 8 | GET_STATUS:
        return (request->index & ENDPOINT_NUMBER) == 0 && give_status(data, 0);
    case FROM_INTERFACE << 8 | GET_INTERFACE:
        return has_interface && give_byte(data, 0);
    case TO_DEVICE << 8 | SET_CONFIGURATION:
        return testdev_configure(device, request->value);
    case TO_INTERFACE << 8 | SET_INTERFACE:
        return has_interface && request->value == 0;
    default:
        return false;
    }
}

static void add_answer(struct ud_buf *ret, const struct ud_usbip_header *answer,
                       const unsigned char *payload, size_t len)
{
    unsigned char bytes[UD_USBIP_HEADER_SIZE];
    ud_usbip_encode(answer, bytes);
    ud_buf_add(ret, bytes, sizeof bytes);
    ud_buf_add(ret, payload, len);
}

static size_t testdev_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void testdev_submit(struct ud_testdev *device, const struct ud_usbip_header *header,
                           struct ud_buf *ret)
{
    struct data data = {.len = 0};
    const struct request request = read_setup(header->setup);
    struct ud_usbip_header answer = {.command = UD_USBIP_RET_SUBMIT, .seqnum = header->seqnum};
    bool in = header->direction == UD_USBIP_IN;
    bool agree = in == (request.type >> 7 != 0);
    size_t room = testdev_smaller(request.length, header->length);
    device->urbs++;
    if (header->endpoint == 0 && agree && testdev_control(device, &request, &data)) {
        answer.length = (uint32_t)(in ? testdev_smaller(data.len, room) : room);
    } else {
        device->stalls++;
        answer.status = UD_USBIP_STALL;
    }
    add_answer(ret, &answer, data.bytes, in ? answer.length : 0);
}

enum ud_code ud_testdev_answer(struct ud_testdev *device, const struct ud_usbip_header *header,
                               struct ud_buf *ret, struct ud_error *err)
{
    const struct ud_usbip_header unlinked = {.command = UD_USBIP_RET_UNLINK,
                                             .seqnum = header->seqnum};
    switch (header->command) {
    case UD_USBIP_CMD_SUBMIT:
        testdev_submit(device, header, ret);
        return UD_OK;
    case UD_USBIP_CMD_UNLINK:
        add_answer(ret, &unlinked, NULL, 0);
        return UD_OK;
    default:
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "an answer came where a command was due");
    }
}
