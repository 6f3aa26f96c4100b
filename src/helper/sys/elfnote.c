#include "sys/elfnote.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>

#include "util/str.h"

struct span {
    const unsigned char *ptr;
    size_t len;
};

/* A part of whole, or false if it would reach over its end. */
static bool elfnote_part(struct span whole, uint64_t offset, uint64_t len, struct span *ret)
{
    if (offset > whole.len || len > whole.len - offset) {
        return false;
    }
    *ret = (struct span){whole.ptr + offset, (size_t)len};
    return true;
}

static bool elfnote_copy(struct span whole, uint64_t offset, void *dst, size_t size)
{
    struct span found;
    if (!elfnote_part(whole, offset, size, &found)) {
        return false;
    }
    memcpy(dst, found.ptr, size);
    return true;
}

static uint64_t elfnote_align4(uint64_t n)
{
    return (n + 3) & ~(uint64_t)3;
}

bool ud_note_build_id(const void *notes, size_t len, char ret[UD_BUILD_ID_MAX + 1])
{
    struct span rest = {notes, len};
    Elf64_Nhdr note;
    while (elfnote_copy(rest, 0, &note, sizeof note)) {
        struct span name;
        struct span desc;
        uint64_t desc_at = sizeof note + elfnote_align4(note.n_namesz);
        if (!elfnote_part(rest, sizeof note, note.n_namesz, &name) ||
            !elfnote_part(rest, desc_at, note.n_descsz, &desc)) {
            return false;
        }
        bool is_gnu = name.len == 4 && memcmp(name.ptr, "GNU", 4) == 0;
        if (is_gnu && note.n_type == NT_GNU_BUILD_ID && desc.len > 0 &&
            desc.len <= UD_BUILD_ID_MAX / 2) {
            ud_str_hex(desc.ptr, desc.len, ret);
            return true;
        }
        uint64_t next = desc_at + elfnote_align4(note.n_descsz);
        if (!elfnote_part(rest, next, rest.len > next ? rest.len - next : 0, &rest)) {
            return false;
        }
    }
    return false;
}

static bool elfnote_read_header(struct span elf, Elf64_Ehdr *ret)
{
    return elfnote_copy(elf, 0, ret, sizeof *ret) && memcmp(ret->e_ident, ELFMAG, SELFMAG) == 0 &&
           ret->e_ident[EI_CLASS] == ELFCLASS64 && ret->e_ident[EI_DATA] == ELFDATA2LSB &&
           ret->e_shentsize == sizeof(Elf64_Shdr);
}

static bool elfnote_read_section(struct span elf, const Elf64_Ehdr *header, unsigned index,
                                 Elf64_Shdr *ret)
{
    uint64_t skip = (uint64_t)index * sizeof *ret;
    return index < header->e_shnum && header->e_shoff <= elf.len &&
           elfnote_copy(elf, header->e_shoff + skip, ret, sizeof *ret);
}

bool ud_elf_build_id(const void *elf, size_t len, char ret[UD_BUILD_ID_MAX + 1])
{
    struct span whole = {elf, len};
    Elf64_Ehdr header;
    Elf64_Shdr section;
    struct span notes;
    if (!elfnote_read_header(whole, &header)) {
        return false;
    }
    for (unsigned i = 0; elfnote_read_section(whole, &header, i, &section); i++) {
        if (section.sh_type == SHT_NOTE &&
            elfnote_part(whole, section.sh_offset, section.sh_size, &notes) &&
            ud_note_build_id(notes.ptr, notes.len, ret)) {
            return true;
        }
    }
    return false;
}

/* The section with this name. */
static bool find_section(struct span elf, const char *name, struct span *ret)
{
    Elf64_Ehdr header;
    Elf64_Shdr section;
    struct span strings;
    if (!elfnote_read_header(elf, &header) ||
        !elfnote_read_section(elf, &header, header.e_shstrndx, &section) ||
        !elfnote_part(elf, section.sh_offset, section.sh_size, &strings)) {
        return false;
    }
    size_t size = strlen(name) + 1;
    for (unsigned i = 0; elfnote_read_section(elf, &header, i, &section); i++) {
        struct span text;
        if (elfnote_part(strings, section.sh_name, size, &text) &&
            memcmp(text.ptr, name, size) == 0) {
            return elfnote_part(elf, section.sh_offset, section.sh_size, ret);
        }
    }
    return false;
}

bool ud_elf_section(const void *elf, size_t len, const char *name, struct ud_slice *ret)
{
    struct span found;
    if (!find_section((struct span){elf, len}, name, &found)) {
        return false;
    }
    *ret = (struct ud_slice){(const char *)found.ptr, found.len};
    return true;
}

bool ud_elf_module_name(const void *elf, size_t len, char ret[UD_MODULE_NAME_MAX + 1])
{
    static const char key[] = "name=";
    struct span info;
    if (!find_section((struct span){elf, len}, ".modinfo", &info)) {
        return false;
    }
    while (info.len > 0) {
        const unsigned char *nul = memchr(info.ptr, '\0', info.len);
        if (nul == NULL) {
            return false;
        }
        const char *entry = (const char *)info.ptr;
        size_t size = (size_t)(nul - info.ptr) + 1;
        if (ud_str_starts(entry, key) && ud_check_module_name(entry + sizeof key - 1)) {
            memcpy(ret, entry + sizeof key - 1, size - (sizeof key - 1));
            return true;
        }
        info.ptr += size;
        info.len -= size;
    }
    return false;
}
