/* The CRCs that a module file has for the symbols that it imports. */
#ifndef HELPER_VERSIONS_H
#define HELPER_VERSIONS_H

#include <stddef.h>
#include <stdint.h>

/* Calls found for each; name is not NUL-terminated. elf is a whole file, which
 * need not be well-formed: only entries that are wholly in it count.
 * Formats: struct modversion_info of include/linux/module.h (section
 * __versions), and of Linux 6.14 on __version_ext_crcs with __version_ext_names. */
void ud_versions_each(const void *elf, size_t len,
                      void (*found)(void *ctx, const char *name, size_t name_len, uint32_t crc),
                      void *ctx);

#endif
