/* The input is what vhci_hcd sends: headers and their payloads. The device
 * answers what decodes, and its answers decode again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "usbip/testdev.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_answer(const struct ud_usbip_header *command, const struct ud_buf *answer)
{
    struct ud_usbip_header header;
    if (answer->overflow || answer->len < UD_USBIP_HEADER_SIZE ||
        ud_usbip_decode((const unsigned char *)answer->data, &header, NULL) != UD_OK) {
        abort();
    }
    size_t payload = command->direction == UD_USBIP_IN ? header.length : 0;
    if (header.seqnum != command->seqnum || header.length > command->length ||
        answer->len != UD_USBIP_HEADER_SIZE + payload) {
        abort();
    }
}

static void check_encoding(const struct ud_usbip_header *header)
{
    unsigned char bytes[UD_USBIP_HEADER_SIZE];
    struct ud_usbip_header again;
    ud_usbip_encode(header, bytes);
    if (ud_usbip_decode(bytes, &again, NULL) != UD_OK ||
        memcmp(&again, header, sizeof again) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_testdev device;
    struct ud_usbip_header header;
    struct ud_buf answer;
    ud_testdev_init(&device, "fuzz");
    ud_buf_init(&answer, UD_TESTDEV_ANSWER_MAX);
    while (size >= UD_USBIP_HEADER_SIZE && ud_usbip_decode(data, &header, NULL) == UD_OK) {
        check_encoding(&header);
        ud_buf_clear(&answer);
        if (ud_testdev_answer(&device, &header, &answer, NULL) == UD_OK) {
            check_answer(&header, &answer);
        }
        size_t used = UD_USBIP_HEADER_SIZE + ud_usbip_command_payload(&header);
        used = used < size ? used : size;
        data += used;
        size -= used;
    }
    ud_buf_done(&answer);
    return 0;
}
