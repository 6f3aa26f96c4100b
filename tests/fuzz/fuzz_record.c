/* The first byte chooses the size of the pieces, the rest is the stream.
 * Whatever decodes to its end is read to the end of each text, and the texts
 * are read as vhci status too. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/record.h"
#include "usbip/vhci_status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ud_code touch(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    size_t *sum = ctx;
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    (void)err;
    *sum += strlen(record->name) + strlen(record->text);
    ud_vhci_reader_init(&reader, (struct ud_slice){record->data, record->len});
    while (ud_vhci_reader_next(&reader, &port)) {
        *sum += port.port;
    }
    return UD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_record_decoder dec;
    struct ud_error err;
    size_t sum = 0;
    if (size == 0) {
        return 0;
    }
    size_t piece = (size_t)data[0] + 1;
    ud_record_decoder_init(&dec, "1", touch, &sum);
    for (size_t at = 1; at < size; at += piece) {
        size_t len = piece < size - at ? piece : size - at;
        if (ud_record_feed(&dec, data + at, len, &err) != UD_OK) {
            break;
        }
    }
    if (ud_record_finish(&dec, &err) == UD_OK && sum == 0) {
        abort(); /* a whole stream has at least the bytes of HELLO */
    }
    ud_record_decoder_done(&dec);
    return 0;
}
