/* Module.symvers: the CRC of each symbol that a kernel exports. */
#ifndef KERNEL_CRCS_SYMVERS_H
#define KERNEL_CRCS_SYMVERS_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define UD_SYMVERS_TEXT_MAX (32u << 20) /* bytes; Debian's has 2 MB */

struct ud_symver {
    const char *name;
    const char *module; /* "vmlinux", or a path without ".ko" */
    const char *type;   /* "EXPORT_SYMBOL", "EXPORT_SYMBOL_GPL" */
    const char *space;  /* namespace or "" */
    uint32_t crc;
};

struct ud_symvers {
    struct ud_symver *items; /* sorted by name, each once (the first of several) */
    size_t len;
    char *text; /* what the items point into */
};

/* UD_ERR_USAGE, naming line and reason, for anything but lines of tab-separated
 * `0xcrc symbol module EXPORT_TYPE [namespace]`, and for no line at all. The
 * order of kernels up to 5.6 (namespace third) is accepted too. what names the
 * file in messages. */
UD_MUST_CHECK enum ud_code ud_symvers_parse(const char *text, size_t len, const char *what,
                                            struct ud_symvers *ret, struct ud_error *err);
void ud_symvers_done(struct ud_symvers *symvers);

/* NULL if it is not among them. */
const struct ud_symver *ud_symvers_find(const struct ud_symvers *symvers, const char *name);

#endif
