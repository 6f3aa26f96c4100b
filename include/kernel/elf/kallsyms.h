/* The names that a kernel's /proc/kallsyms has, as the helper sends them: each with a
 * newline (proto/ops.h, UD_OP_READ). */
#ifndef KERNEL_ELF_KALLSYMS_H
#define KERNEL_ELF_KALLSYMS_H

#include <stddef.h>

#include "util/strv.h"

/* Adds those of the wanted names, which are sorted and each once, that are not among the
 * len bytes of names at text; sorted. */
void ud_kallsyms_absent(const char *text, size_t len, const struct ud_strv *wanted,
                        struct ud_strv *ret);

#endif
