/* The first byte chooses what was asked for, the second one the size of the pieces; the
 * rest is what the server sends. In pieces and at once it is read as the same, no byte
 * behind the answer is taken, and what was read keeps its bounds. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "usbip/modalias.h"
#include "usbip/op.h"
#include "usbip/select.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct trial {
    struct ud_op_reader reader;
    struct ud_error err;
    enum ud_code rc;
    size_t used;
};

static void read_all(struct trial *trial, bool import, const uint8_t *data, size_t size,
                     size_t piece)
{
    *trial = (struct trial){.rc = UD_OK};
    if (import) {
        ud_op_reader_init_import(&trial->reader, "1-1");
    } else {
        ud_op_reader_init_list(&trial->reader);
    }
    while (trial->rc == UD_OK && trial->used < size && !trial->reader.whole) {
        size_t left = size - trial->used;
        size_t wanted = ud_op_wanted(&trial->reader);
        size_t used = 0;
        trial->rc = ud_op_feed(&trial->reader, data + trial->used, left < piece ? left : piece,
                               &used, &trial->err);
        if (wanted == 0 || (trial->rc == UD_OK && used == 0)) {
            abort();
        }
        trial->used += used;
    }
    if (trial->rc == UD_OK) {
        trial->rc = ud_op_reader_end(&trial->reader, &trial->err);
    }
    if (trial->rc == UD_OK && !trial->reader.whole) {
        abort();
    }
}

static void check_device(const struct ud_usbip_device *device)
{
    char modalias[UD_MODALIAS_SIZE];
    if (!ud_usbip_busid_valid(device->busid) || device->interface_count > UD_USBIP_INTERFACES_MAX) {
        abort();
    }
    for (const char *c = device->path; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~') {
            abort();
        }
    }
    for (size_t i = 0; device->interfaces_told && i < device->interface_count; i++) {
        ud_modalias_write(device, i, modalias);
    }
}

static void check_same(const struct ud_usbip_device *a, const struct ud_usbip_device *b)
{
    if (strcmp(a->path, b->path) != 0 || strcmp(a->busid, b->busid) != 0 ||
        a->busnum != b->busnum || a->devnum != b->devnum || a->speed != b->speed ||
        a->vendor != b->vendor || a->product != b->product ||
        a->interfaces_told != b->interfaces_told || a->interface_count != b->interface_count ||
        memcmp(a->interfaces, b->interfaces, sizeof a->interfaces) != 0) {
        abort();
    }
}

static void check_selection(const struct ud_op_reader *reader)
{
    static const char *const texts[] = {"1-1", "0403:6001", "0403:6001:A*"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ud_usbip_selector selector;
        struct ud_error err = {0};
        size_t found = reader->count;
        if (ud_usbip_selector_parse(texts[i], &selector, &err) != UD_OK) {
            abort();
        }
        if (ud_usbip_select(reader->devices, reader->count, &selector, NULL, &found, &err) ==
                UD_OK &&
            found >= reader->count) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trial pieces;
    struct trial whole;
    if (size < 2) {
        return 0;
    }
    bool import = (data[0] & 1) != 0;
    read_all(&pieces, import, data + 2, size - 2, (size_t)data[1] + 1);
    read_all(&whole, import, data + 2, size - 2, size);
    if (pieces.rc != whole.rc || pieces.reader.count != whole.reader.count ||
        (pieces.rc == UD_OK && pieces.used != whole.used) ||
        whole.reader.count > UD_OP_DEVICES_MAX) {
        abort();
    }
    for (size_t i = 0; i < whole.reader.count; i++) {
        check_device(&whole.reader.devices[i]);
        check_same(&whole.reader.devices[i], &pieces.reader.devices[i]);
    }
    if (import && whole.rc == UD_OK &&
        (whole.reader.count != 1 || whole.used != 8 + UD_OP_RECORD_SIZE)) {
        abort();
    }
    check_selection(&whole.reader);
    ud_op_reader_done(&pieces.reader);
    ud_op_reader_done(&whole.reader);
    return 0;
}
