/* kernel.org's sha256sums.asc. Its signature is not checked here. */
#ifndef KERNEL_ROUTES_CHECKSUMS_H
#define KERNEL_ROUTES_CHECKSUMS_H

#include <stddef.h>

#include "util/error.h"

#define UD_CHECKSUMS_TEXT_MAX (4u << 20) /* bytes; v6.x has 0.3 MB */

/* Finds the SHA-256 of file, 64 lower-case hex digits and a NUL. Only lines
 * inside the signed message count. UD_ERR_NOT_FOUND if file is not listed,
 * UD_ERR_PROTOCOL if the text is no such list or names it twice differently. */
UD_MUST_CHECK enum ud_code ud_checksums_find(const char *text, size_t len, const char *file,
                                             char ret_hex[65], struct ud_error *err);

#endif
