/* SHA-256. */
#ifndef BUNDLE_BYTES_DIGEST_H
#define BUNDLE_BYTES_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

enum { UD_DIGEST_SIZE = 32, UD_DIGEST_HEX_SIZE = 65 };

struct ud_digest;

struct ud_digest *ud_digest_new(void);
void ud_digest_free(struct ud_digest *digest);
void ud_digest_add(struct ud_digest *digest, const void *data, size_t len);

/* Lower-case hex with its NUL; nothing may be added after. */
void ud_digest_hex(struct ud_digest *digest, char hex[UD_DIGEST_HEX_SIZE]);

/* All at once. */
void ud_digest_of(const void *data, size_t len, char hex[UD_DIGEST_HEX_SIZE]);

/* Of a file's content. UD_ERR_NOT_FOUND, UD_ERR_IO and what else opening it gives. */
UD_MUST_CHECK enum ud_code ud_digest_file(const char *path, char hex[UD_DIGEST_HEX_SIZE],
                                          struct ud_error *err);

/* Whether text is 64 hex digits, of either case. */
bool ud_digest_is_hex(const char *text);

#endif
