/* A bounds-checked reader of ELF relocatable files, 64-bit little-endian.
 *
 * ud_elf_open checks every section's range, every section name, and every
 * symbol's name and section once; what the other functions return then lies
 * inside the file. All pointers are borrowed from the bytes given to open. */
#ifndef KERNEL_ELF_ELF_H
#define KERNEL_ELF_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/str.h"

#define UD_ELF_SECTIONS_MAX 65535u

enum ud_elf_machine { UD_EM_X86_64 = 62, UD_EM_AARCH64 = 183 }; /* e_machine */

enum { /* the few constants that callers compare with; the names are the ELF specification's */
       UD_SHT_PROGBITS = 1,
       UD_SHT_SYMTAB = 2,
       UD_SHT_STRTAB = 3,
       UD_SHT_RELA = 4,
       UD_SHT_NOTE = 7,
       UD_SHT_NOBITS = 8,
       UD_SHN_UNDEF = 0,
       UD_SHN_ABS = 0xfff1,
       UD_STB_LOCAL = 0,
       UD_STB_GLOBAL = 1,
       UD_STB_WEAK = 2
};

struct ud_elf {
    const unsigned char *data;
    size_t len;
    uint16_t machine; /* e_machine; any value */
    size_t section_count;
    uint64_t section_offset; /* of the section headers; for the reader itself */
    const char *names;       /* of the sections; for the reader itself */
    size_t symbol_count;     /* 0 if there is no symbol table */
    const unsigned char *symbols;
    const char *symbol_names;
};

struct ud_elf_section {
    const char *name;
    const unsigned char *data; /* NULL for NOBITS */
    uint64_t size;             /* bytes at data, or of memory for NOBITS */
    uint32_t type, link, info;
    uint64_t entry_size;
};

struct ud_elf_symbol {
    const char *name;
    uint64_t value;
    uint64_t size;
    uint16_t section; /* index, or UD_SHN_* */
    uint8_t bind, type;
};

struct ud_elf_rela {
    uint64_t offset;
    uint32_t symbol; /* index; inside the symbol table */
    uint32_t type;
    int64_t addend;
};

/* UD_ERR_UNFIT, saying what is wrong with it, unless data is a relocatable
 * 64-bit little-endian ELF file with valid tables. what names it in messages. */
UD_MUST_CHECK enum ud_code ud_elf_open(const void *data, size_t len, const char *what,
                                       struct ud_elf *ret, struct ud_error *err);

/* index < section_count. */
struct ud_elf_section ud_elf_section_at(const struct ud_elf *elf, size_t index);

/* The first section of that name; false if there is none. */
bool ud_elf_find(const struct ud_elf *elf, const char *name, struct ud_elf_section *ret);

/* index < symbol_count. */
struct ud_elf_symbol ud_elf_symbol_at(const struct ud_elf *elf, size_t index);

/* How many relocations a RELA section holds, and the index-th; false if its
 * symbol is outside the symbol table. */
size_t ud_elf_rela_count(const struct ud_elf_section *rela);
bool ud_elf_rela_at(const struct ud_elf *elf, const struct ud_elf_section *rela, size_t index,
                    struct ud_elf_rela *ret);

/* The description of the first note with this owner and type. */
bool ud_elf_note(const struct ud_elf *elf, const char *owner, uint32_t type, struct ud_slice *ret);

/* The same in the raw content of a note file, such as /sys/module/X/notes/… or /sys/kernel/notes.
 */
bool ud_elf_note_in(const void *data, size_t len, const char *owner, uint32_t type,
                    struct ud_slice *ret);

/* "x86_64", "aarch64" as `uname -m` says them, or "machine <n>"; dst of at least 24 bytes. */
void ud_elf_machine_name(uint16_t machine, char *dst, size_t size);

#endif
