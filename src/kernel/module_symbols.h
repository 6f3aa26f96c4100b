/* Imports and exports of a module file. */
#ifndef KERNEL_MODULE_SYMBOLS_H
#define KERNEL_MODULE_SYMBOLS_H

#include <stdbool.h>

#include "kernel/elf.h"
#include "kernel/module.h"

/* Undefined symbols and what the version sections name, merged.
 * *ret_has_versions: there is any CRC. */
void ud_module_read_imports(const struct ud_elf *elf, struct ud_module_symbols *ret,
                            bool *ret_has_versions);

/* What the __ksymtab_ symbols name, with the CRCs of the __crc_ symbols. */
void ud_module_read_exports(const struct ud_elf *elf, struct ud_module_symbols *ret);

void ud_module_symbols_done(struct ud_module_symbols *symbols);

#endif
