/* The header blocks of one entry of a tar archive. */
#ifndef BUNDLE_TAR_TARHEAD_H
#define BUNDLE_TAR_TARHEAD_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

enum { UD_TAR_BLOCK = 512, UD_TAR_PATH_MAX = 4095 };

enum ud_tarhead_type {
    UD_TARHEAD_FILE = '0',
    UD_TARHEAD_HARDLINK = '1',
    UD_TARHEAD_SYMLINK = '2',
    UD_TARHEAD_DIR = '5'
};

struct ud_tarhead {
    const char *path; /* at most UD_TAR_PATH_MAX bytes; a directory's without '/' at its end */
    const char *link; /* of a link; else NULL */
    enum ud_tarhead_type type;
    unsigned mode;
    unsigned uid, gid;
    int64_t mtime; /* negative counts as 0 */
    uint64_t size; /* of a file */
};

/* Adds one ustar block, before it a pax header where the block cannot hold all. */
void ud_tarhead_add(struct ud_buf *out, const struct ud_tarhead *head);

/* Zero bytes that follow size bytes of content. */
size_t ud_tarhead_padding(uint64_t size);

#endif
