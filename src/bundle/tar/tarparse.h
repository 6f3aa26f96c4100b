/* The fields of a tar header block, and of a pax header's records. */
#ifndef BUNDLE_TAR_TARPARSE_H
#define BUNDLE_TAR_TARPARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct ud_tarparse {
    char path[257]; /* prefix and name */
    char link[101];
    char type;
    unsigned mode;
    int64_t mtime;
    uint64_t size;
};

/* What pax and GNU headers say about the next entry. */
struct ud_tarparse_extra {
    char *path; /* or NULL, as is link */
    char *link;
    bool has_size;
    uint64_t size;
};

/* Whether all 512 bytes are zero: the archive's end. */
bool ud_tarparse_is_zero(const unsigned char *block);

/* Checks the sum and reads the fields; else UD_ERR_PROTOCOL. */
UD_MUST_CHECK enum ud_code ud_tarparse_block(const unsigned char *block, struct ud_tarparse *ret,
                                             struct ud_error *err);

/* Takes path, linkpath and size from pax records; other keys do not matter here. */
UD_MUST_CHECK enum ud_code ud_tarparse_pax(const char *data, size_t len,
                                           struct ud_tarparse_extra *extra, struct ud_error *err);

void ud_tarparse_extra_done(struct ud_tarparse_extra *extra);

#endif
