/* Kconfig files: the symbols that one defines. */
#ifndef KERNEL_CONFIG_KCONFIG_H
#define KERNEL_CONFIG_KCONFIG_H

#include <stddef.h>

#include "util/strv.h"

/* Adds to symbols each X of a `config X` or `menuconfig X` entry, in the order
 * of the text; help texts are skipped. A symbol may come more than once: sort
 * with ud_strv_sort_unique when the last file was read. */
void ud_kconfig_symbols(const char *text, size_t len, struct ud_strv *symbols);

#endif
