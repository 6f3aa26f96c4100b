/* The CRCs that a module file has for the symbols that it imports, from the bytes of
 * its sections. Whoever built the file wrote them: only entries that are wholly there
 * count, and an entry without a name is none. */
#ifndef PROTO_MODVERSIONS_H
#define PROTO_MODVERSIONS_H

#include <stdint.h>

#include "util/str.h"

/* Sections: the first alone, or the other two together. */
#define UD_MODVERSIONS "__versions"
#define UD_MODVERSIONS_EXT_CRCS "__version_ext_crcs"
#define UD_MODVERSIONS_EXT_NAMES "__version_ext_names"

/* name, never empty and of any length, lies in the section. */
typedef void ud_modversion_fn(void *ctx, struct ud_slice name, uint32_t crc);

/* struct modversion_info of include/linux/module.h, of 64-bit kernels: 8 bytes of CRC,
 * 56 of name. */
void ud_modversions_each(struct ud_slice section, ud_modversion_fn *found, void *ctx);

/* CONFIG_EXTENDED_MODVERSIONS of Linux 6.14: an array of CRCs of 4 bytes, and names
 * one after the other, each with its NUL. */
void ud_modversions_each_extended(struct ud_slice crcs, struct ud_slice names,
                                  ud_modversion_fn *found, void *ctx);

#endif
