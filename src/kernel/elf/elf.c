#include "kernel/elf/elf.h"

#include <stdio.h>
#include <string.h>

#include "text/bytes.h"

/* Sizes and offsets of the ELF-64 structures. */
enum {
    HEADER_SIZE = 64,
    SECTION_SIZE = 64,
    SYMBOL_SIZE = 24,
    RELA_SIZE = 24,
    ET_REL = 1,
    SHN_XINDEX = 0xffff,
    SHN_LORESERVE = 0xff00
};

/* The checks below return what is wrong with a file, as one clause, or NULL. */

static bool elf_in_range(uint64_t offset, uint64_t size, uint64_t len)
{
    return offset <= len && size <= len - offset;
}

static const char *elf_check_header(const unsigned char *p, size_t len)
{
    if (len < 20 || memcmp(p, "\177ELF", 4) != 0) {
        return "is not an ELF file";
    }
    if (p[4] != 2) {
        return p[4] == 1 ? "is a 32-bit ELF file" : "has an ELF class that does not exist";
    }
    if (p[5] != 1) {
        return p[5] == 2 ? "is a big-endian ELF file" : "has an ELF byte order that does not exist";
    }
    if (len < HEADER_SIZE) {
        return "ends inside its ELF header";
    }
    if (ud_le16(p + 16) != ET_REL) {
        return "is not a relocatable ELF file, as modules are";
    }
    if (ud_le16(p + 58) != SECTION_SIZE) {
        return "has section headers of another size than ELF-64's";
    }
    return NULL;
}

/* Number and place of the section headers; the count is in the first one when
 * it does not fit the header. */
static const char *find_sections(struct ud_elf *elf, uint64_t *ret_names_index)
{
    const unsigned char *p = elf->data;
    elf->section_offset = ud_le64(p + 40);
    uint64_t count = ud_le16(p + 60);
    uint64_t names = ud_le16(p + 62);
    if (!elf_in_range(elf->section_offset, SECTION_SIZE, elf->len)) {
        return "has its section headers outside the file";
    }
    const unsigned char *first = elf->data + elf->section_offset;
    count = count != 0 ? count : ud_le64(first + 32);
    names = names != SHN_XINDEX ? names : ud_le32(first + 40);
    if (count > UD_ELF_SECTIONS_MAX ||
        !elf_in_range(elf->section_offset, count * SECTION_SIZE, elf->len)) {
        return "has its section headers outside the file";
    }
    if (names >= count) {
        return "has no table of section names";
    }
    elf->section_count = (size_t)count;
    *ret_names_index = names;
    return NULL;
}

static const unsigned char *section_header(const struct ud_elf *elf, size_t index)
{
    return elf->data + elf->section_offset + index * SECTION_SIZE;
}

/* Without the name, before the names are known to be sound. */
static const char *elf_read_section(const struct ud_elf *elf, size_t index,
                                    struct ud_elf_section *ret)
{
    const unsigned char *h = section_header(elf, index);
    uint64_t offset = ud_le64(h + 24);
    *ret = (struct ud_elf_section){
        .name = "",
        .size = ud_le64(h + 32),
        .type = ud_le32(h + 4),
        .link = ud_le32(h + 40),
        .info = ud_le32(h + 44),
        .entry_size = ud_le64(h + 56),
    };
    if (index == 0) { /* SHN_UNDEF: its fields may hold the numbers of find_sections */
        ret->size = 0;
        return NULL;
    }
    if (ret->type == UD_SHT_NOBITS || ret->type == 0) {
        ret->size = ret->type == 0 ? 0 : ret->size;
        return NULL;
    }
    if (!elf_in_range(offset, ret->size, elf->len)) {
        return "has a section that reaches beyond the end of the file";
    }
    ret->data = elf->data + offset;
    return NULL;
}

/* A string table whose every offset below its size starts a terminated text. */
static bool is_string_table(const struct ud_elf_section *section)
{
    return section->type == UD_SHT_STRTAB && section->size > 0 &&
           section->data[section->size - 1] == '\0';
}

static const char *check_sections(struct ud_elf *elf, uint64_t names_index)
{
    struct ud_elf_section names;
    const char *wrong = elf_read_section(elf, (size_t)names_index, &names);
    if (wrong == NULL && !is_string_table(&names)) {
        wrong = "has a broken table of section names";
    }
    for (size_t i = 0; wrong == NULL && i < elf->section_count; i++) {
        struct ud_elf_section section;
        wrong = elf_read_section(elf, i, &section);
        if (wrong == NULL && ud_le32(section_header(elf, i)) >= names.size) {
            wrong = "has a section name outside the table of names";
        }
    }
    elf->names = (const char *)names.data;
    return wrong;
}

static const char *check_symbols(const struct ud_elf *elf, uint64_t names_size)
{
    for (size_t i = 0; i < elf->symbol_count; i++) {
        const unsigned char *s = elf->symbols + i * SYMBOL_SIZE;
        uint16_t section = ud_le16(s + 6);
        if (ud_le32(s) >= names_size) {
            return "has a symbol name outside the table of names";
        }
        if (section < SHN_LORESERVE && section >= elf->section_count) {
            return "has a symbol in a section that does not exist";
        }
    }
    return NULL;
}

static const char *find_symbols(struct ud_elf *elf)
{
    for (size_t i = 0; i < elf->section_count; i++) {
        struct ud_elf_section section = ud_elf_section_at(elf, i);
        if (section.type != UD_SHT_SYMTAB) {
            continue;
        }
        if (section.entry_size != SYMBOL_SIZE || section.link >= elf->section_count) {
            return "has a broken symbol table";
        }
        struct ud_elf_section names = ud_elf_section_at(elf, section.link);
        if (!is_string_table(&names)) {
            return "has a broken table of symbol names";
        }
        elf->symbols = section.data;
        elf->symbol_count = (size_t)(section.size / SYMBOL_SIZE);
        elf->symbol_names = (const char *)names.data;
        return check_symbols(elf, names.size);
    }
    return NULL;
}

enum ud_code ud_elf_open(const void *data, size_t len, const char *what, struct ud_elf *ret,
                         struct ud_error *err)
{
    struct ud_elf elf = {.data = data, .len = len};
    uint64_t names_index = 0;
    const char *wrong = elf_check_header(elf.data, len);
    if (wrong == NULL) {
        wrong = find_sections(&elf, &names_index);
    }
    if (wrong == NULL) {
        wrong = check_sections(&elf, names_index);
    }
    if (wrong == NULL) {
        wrong = find_symbols(&elf);
    }
    if (wrong != NULL) {
        return ud_fail(err, UD_ERR_UNFIT, NULL, "%s %s", what, wrong);
    }
    elf.machine = ud_le16(elf.data + 18);
    *ret = elf;
    return UD_OK;
}

struct ud_elf_section ud_elf_section_at(const struct ud_elf *elf, size_t index)
{
    struct ud_elf_section section;
    (void)elf_read_section(elf, index, &section);
    section.name = elf->names + ud_le32(section_header(elf, index));
    return section;
}

bool ud_elf_find(const struct ud_elf *elf, const char *name, struct ud_elf_section *ret)
{
    for (size_t i = 0; i < elf->section_count; i++) {
        struct ud_elf_section section = ud_elf_section_at(elf, i);
        if (strcmp(section.name, name) == 0) {
            *ret = section;
            return true;
        }
    }
    return false;
}

struct ud_elf_symbol ud_elf_symbol_at(const struct ud_elf *elf, size_t index)
{
    const unsigned char *s = elf->symbols + index * SYMBOL_SIZE;
    return (struct ud_elf_symbol){
        .name = elf->symbol_names + ud_le32(s),
        .bind = (uint8_t)(s[4] >> 4),
        .type = (uint8_t)(s[4] & 15),
        .section = ud_le16(s + 6),
        .value = ud_le64(s + 8),
        .size = ud_le64(s + 16),
    };
}

size_t ud_elf_rela_count(const struct ud_elf_section *rela)
{
    return rela->data != NULL ? (size_t)(rela->size / RELA_SIZE) : 0;
}

bool ud_elf_rela_at(const struct ud_elf *elf, const struct ud_elf_section *rela, size_t index,
                    struct ud_elf_rela *ret)
{
    const unsigned char *p = rela->data + index * RELA_SIZE;
    struct ud_elf_rela out = {
        .offset = ud_le64(p),
        .type = ud_le32(p + 8),
        .symbol = ud_le32(p + 12),
        .addend = (int64_t)ud_le64(p + 16),
    };
    if (out.symbol >= elf->symbol_count) {
        return false;
    }
    *ret = out;
    return true;
}
