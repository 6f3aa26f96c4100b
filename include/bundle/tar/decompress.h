/* Unpacks small compressed files: modules (.ko.gz, .ko.xz, .ko.zst), config.gz. */
#ifndef BUNDLE_TAR_DECOMPRESS_H
#define BUNDLE_TAR_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"

/* Whether data begins like a gzip, xz, bzip2 or zstd file. */
bool ud_decompress_is_packed(const void *data, size_t len);

/* Adds the content of data to out, as it is if it is not compressed. what
 * names it in messages. Damaged, truncated, or more than out's maximum:
 * UD_ERR_PROTOCOL, with out as it was. */
UD_MUST_CHECK enum ud_code ud_decompress(const char *what, const void *data, size_t len,
                                         struct ud_buf *out, struct ud_error *err);

#endif
