/* A kernel module, as its own bytes describe it. */
#ifndef KERNEL_ELF_MODULE_H
#define KERNEL_ELF_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/elf/modsig.h"
#include "util/error.h"
#include "util/strv.h"

#define UD_MODULE_FILE_MAX (64u << 20) /* bytes; the largest in a distribution have about 10 MB */

struct ud_module_symbol {
    char *name;
    uint32_t crc;
    bool has_crc;
    bool weak;      /* imports: may stay unresolved */
    bool undefined; /* imports: in the symbol table; false: only in __versions (module_layout) */
    bool called;    /* imports: the code calls it, so it is a function */
};

struct ud_module_symbols {
    struct ud_module_symbol *items; /* sorted by name, each once */
    size_t len;
};

struct ud_module {
    char *name; /* as in the kernel: '_' for '-' */
    char *vermagic;
    char *license;    /* "" if it has none */
    char *srcversion; /* "" if it has none */
    char *build_id;   /* lower-case hex, "" if it has none */
    struct ud_strv depends;
    uint16_t machine; /* e_machine: see kernel/elf/elf.h */
    /* What it needs. With MODVERSIONS `module_layout` is among them, not undefined. */
    struct ud_module_symbols imports;
    struct ud_module_symbols exports;
    bool has_versions;       /* a __versions (or __version_ext_*) section with any entry */
    uint64_t struct_size;    /* of .gnu.linkonce.this_module */
    bool has_init, has_exit; /* the two offsets are known */
    uint64_t init_offset, exit_offset; /* of their pointers in struct module */
    struct ud_modsig signature;        /* appended to it */
    /* Its types (section .BTF), which refer to the kernel's; NULL: it has none, or none that refer
     * to one build's alone (those with a .BTF.base the kernel fits to its own, from 6.12 on). */
    char *btf;
    size_t btf_len; /* bytes */
};

/* UD_ERR_UNFIT, saying what is wrong, for bytes that are no module. what names
 * the file in messages. */
UD_MUST_CHECK enum ud_code ud_module_parse(const void *data, size_t len, const char *what,
                                           struct ud_module *ret, struct ud_error *err);
void ud_module_done(struct ud_module *module);

/* Adds what the module says it is for, as `modinfo -F alias` does: "usb:v0403p6001d*…".
 * Nothing for bytes that are no module. */
void ud_module_aliases(const void *data, size_t len, struct ud_strv *ret);

/* NULL if it is not among them. */
const struct ud_module_symbol *ud_module_symbols_find(const struct ud_module_symbols *symbols,
                                                      const char *name);

/* How many imports have a CRC. */
uint64_t ud_module_count_crcs(const struct ud_module *module);

#endif
