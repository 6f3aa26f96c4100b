/* The digest of a source archive on this machine, computed in a thread of its own
 * while the kernel is being looked at. */
#ifndef APP_SOURCES_SOURCE_HASH_H
#define APP_SOURCES_SOURCE_HASH_H

#include "bundle/bytes/digest.h"
#include "util/error.h"

struct ud_source_hash;

/* Begins, if path is a file; *ret is NULL if not. */
UD_MUST_CHECK enum ud_code ud_source_hash_start(const char *path, struct ud_source_hash **ret,
                                                struct ud_error *err);

/* Waits for it; lower-case hex. Errors: those of reading the file. */
UD_MUST_CHECK enum ud_code ud_source_hash_get(struct ud_source_hash *hash,
                                              char ret[UD_DIGEST_HEX_SIZE], struct ud_error *err);

/* Stops it at any moment. NULL is fine. */
void ud_source_hash_free(struct ud_source_hash *hash);

#endif
