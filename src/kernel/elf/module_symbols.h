/* Imports and exports of a module file. */
#ifndef KERNEL_ELF_MODULE_SYMBOLS_H
#define KERNEL_ELF_MODULE_SYMBOLS_H

#include <stdbool.h>

#include "kernel/elf/elf.h"
#include "kernel/elf/module.h"

/* Undefined symbols and what the version sections name, merged.
 * *ret_has_versions: there is any CRC. */
void ud_module_read_imports(const struct ud_elf *elf, struct ud_module_symbols *ret,
                            bool *ret_has_versions);

/* What the __ksymtab_ symbols name, with the CRCs of the __crc_ symbols. */
void ud_module_read_exports(const struct ud_elf *elf, struct ud_module_symbols *ret);

/* For each symbol of the file whether the code calls or jumps to it, by the type of its
 * relocations; in new memory. */
bool *ud_module_find_called(const struct ud_elf *elf);

void ud_module_symbols_done(struct ud_module_symbols *symbols);

#endif
