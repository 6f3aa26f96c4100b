#include "versions.h"

#include <string.h>

#include "elfnote.h"

typedef void found_fn(void *ctx, const char *name, size_t name_len, uint32_t crc);

static uint32_t little_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static size_t text_len(const char *text, size_t max)
{
    const char *end = memchr(text, '\0', max);
    return end != NULL ? (size_t)(end - text) : max;
}

static void plain(const unsigned char *entries, size_t len, found_fn *found, void *ctx)
{
    enum { ENTRY = 64, NAME = 8 };
    for (size_t at = 0; len - at >= ENTRY; at += ENTRY) {
        const char *name = (const char *)entries + at + NAME;
        found(ctx, name, text_len(name, ENTRY - NAME), little_endian(entries + at));
    }
}

static void extended(const unsigned char *crcs, size_t crcs_len, const unsigned char *names,
                     size_t names_len, found_fn *found, void *ctx)
{
    const char *name = (const char *)names;
    for (size_t at = 0; crcs_len - at >= 4 && names_len > 0; at += 4) {
        size_t len = text_len(name, names_len);
        found(ctx, name, len, little_endian(crcs + at));
        size_t step = len < names_len ? len + 1 : len;
        name += step;
        names_len -= step;
    }
}

void ud_versions_each(const void *elf, size_t len, found_fn *found, void *ctx)
{
    const unsigned char *crcs;
    const unsigned char *names;
    size_t crcs_len;
    size_t names_len;
    if (ud_elf_section(elf, len, "__versions", &crcs, &crcs_len)) {
        plain(crcs, crcs_len, found, ctx);
    }
    if (ud_elf_section(elf, len, "__version_ext_crcs", &crcs, &crcs_len) &&
        ud_elf_section(elf, len, "__version_ext_names", &names, &names_len)) {
        extended(crcs, crcs_len, names, names_len, found, ctx);
    }
}
