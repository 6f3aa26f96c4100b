#include "kernel/elf/elf.h"

#include <stdio.h>
#include <string.h>

#include "text/bytes.h"

/* Takes size bytes, padded to 4, off the front. */
static bool take_padded(const unsigned char **p, size_t *left, uint32_t size,
                        const unsigned char **ret)
{
    uint64_t padded = ((uint64_t)size + 3) & ~(uint64_t)3;
    if (size > *left) {
        return false;
    }
    /* The last one's padding may be missing. */
    size_t used = padded < *left ? (size_t)padded : *left;
    *ret = *p;
    *p += used;
    *left -= used;
    return true;
}

bool ud_elf_note_in(const void *data, size_t len, const char *owner, uint32_t type,
                    struct ud_slice *ret)
{
    const unsigned char *p = data;
    size_t left = len;
    while (left >= 12) {
        uint32_t name_size = ud_le32(p);
        uint32_t size = ud_le32(p + 4);
        uint32_t this_type = ud_le32(p + 8);
        const unsigned char *name = NULL;
        const unsigned char *content = NULL;
        p += 12;
        left -= 12;
        if (!take_padded(&p, &left, name_size, &name) || !take_padded(&p, &left, size, &content)) {
            return false;
        }
        if (this_type == type && name_size == strlen(owner) + 1 &&
            memcmp(name, owner, name_size) == 0) {
            *ret = (struct ud_slice){(const char *)content, size};
            return true;
        }
    }
    return false;
}

bool ud_elf_note(const struct ud_elf *elf, const char *owner, uint32_t type, struct ud_slice *ret)
{
    for (size_t i = 0; i < elf->section_count; i++) {
        struct ud_elf_section section = ud_elf_section_at(elf, i);
        if (section.type == UD_SHT_NOTE &&
            ud_elf_note_in(section.data, (size_t)section.size, owner, type, ret)) {
            return true;
        }
    }
    return false;
}

void ud_elf_machine_name(uint16_t machine, char *dst, size_t size)
{
    switch (machine) {
    case UD_EM_X86_64:
        (void)snprintf(dst, size, "x86_64");
        break;
    case UD_EM_AARCH64:
        (void)snprintf(dst, size, "aarch64");
        break;
    default:
        (void)snprintf(dst, size, "machine %u", (unsigned)machine);
        break;
    }
}
