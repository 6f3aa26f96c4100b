/* What kind of machine an executable is for. */
#ifndef KERNEL_ELF_ELF_PROGRAM_H
#define KERNEL_ELF_ELF_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* The e_machine of a 64-bit little-endian ELF executable (ET_EXEC or ET_DYN), by
 * its header alone; UD_ERR_UNFIT, saying what it is instead, for anything else.
 * what names it in messages. */
UD_MUST_CHECK enum ud_code ud_elf_program_machine(const void *data, size_t len, const char *what,
                                                  uint16_t *ret, struct ud_error *err);

#endif
