/* Modules made up for a test, without a file. */
#ifndef TEST_KERNEL_MADE_MODULE_H
#define TEST_KERNEL_MADE_MODULE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/elf/elf.h"
#include "kernel/elf/module.h"
#include "util/mem.h"

static inline struct ud_module made_module(const char *name, const char *vermagic)
{
    return (struct ud_module){
        .name = ud_strdup(name),
        .vermagic = ud_strdup(vermagic),
        .license = ud_strdup("GPL"),
        .srcversion = ud_strdup(""),
        .build_id = ud_strdup(""),
        .machine = UD_EM_X86_64,
        .struct_size = 0x380,
        .has_init = true,
        .init_offset = 0x138,
    };
}

static inline int made_compare(const void *a, const void *b)
{
    return strcmp(((const struct ud_module_symbol *)a)->name,
                  ((const struct ud_module_symbol *)b)->name);
}

/* Adds a symbol; without a CRC if crc is 0. */
static inline void made_symbol(struct ud_module_symbols *symbols, const char *name, uint32_t crc)
{
    symbols->items = ud_realloc(symbols->items, symbols->len + 1, sizeof *symbols->items);
    symbols->items[symbols->len++] = (struct ud_module_symbol){
        .name = ud_strdup(name), .crc = crc, .has_crc = crc != 0, .undefined = true};
    qsort(symbols->items, symbols->len, sizeof *symbols->items, made_compare);
}

#endif
