#include "bundle/usb_ids.h"

#include <stdint.h>

#include "bundle/tar/decompress.h"

/* Defined by cmake/embed.S.in. */
extern const unsigned char ud_usb_ids_xz[];
extern const uint64_t ud_usb_ids_xz_size;

enum ud_code ud_usb_ids_text(struct ud_buf *ret, struct ud_error *err)
{
    return ud_decompress("usb.ids", ud_usb_ids_xz, (size_t)ud_usb_ids_xz_size, ret, err);
}
