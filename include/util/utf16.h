/* Text in UTF-16, as Windows' programs write it: PowerShell 5 does with ">". */
#ifndef UTIL_UTF16_H
#define UTIL_UTF16_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"

/* Whether the bytes begin with the byte order mark of UTF-16, in either order. */
bool ud_utf16_is(const void *bytes, size_t len);

/* Adds the text of such bytes to ret, in UTF-8 and without the mark. False when they are not
 * well-formed: half a character at the end, or a surrogate without its other half (RFC 2781). */
bool ud_utf16_decode(const void *bytes, size_t len, struct ud_buf *ret);

#endif
