#include "proto/modversions.h"

#include <string.h>

enum { ENTRY = 64, NAME_AT = 8, CRC = 4 };

/* Both kinds of machine that there are modules for are little-endian. */
static uint32_t modversions_read_crc(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* What precedes the first NUL, or all. */
static struct ud_slice text_in(const char *at, size_t max)
{
    const char *end = memchr(at, '\0', max);
    return (struct ud_slice){at, end != NULL ? (size_t)(end - at) : max};
}

static void modversions_tell(struct ud_slice name, const char *crc, ud_modversion_fn *found,
                             void *ctx)
{
    if (name.len > 0) {
        found(ctx, name, modversions_read_crc(crc));
    }
}

void ud_modversions_each(struct ud_slice section, ud_modversion_fn *found, void *ctx)
{
    for (size_t at = 0; section.len - at >= ENTRY; at += ENTRY) {
        const char *entry = section.ptr + at;
        modversions_tell(text_in(entry + NAME_AT, ENTRY - NAME_AT), entry, found, ctx);
    }
}

void ud_modversions_each_extended(struct ud_slice crcs, struct ud_slice names,
                                  ud_modversion_fn *found, void *ctx)
{
    for (size_t at = 0; crcs.len - at >= CRC && names.len > 0; at += CRC) {
        struct ud_slice name = text_in(names.ptr, names.len);
        size_t used = name.len < names.len ? name.len + 1 : name.len;
        modversions_tell(name, crcs.ptr + at, found, ctx);
        names = (struct ud_slice){names.ptr + used, names.len - used};
    }
}
