/* The blocks of the outgoing tar that are not file data. */
#ifndef BUNDLE_SRCTREE_SRCTREE_EMIT_H
#define BUNDLE_SRCTREE_SRCTREE_EMIT_H

#include <stddef.h>
#include <stdint.h>

#include "srctree/srctree_walk.h"
#include "util/buf.h"

struct ud_srctree_emit {
    const char *prefix; /* borrowed */
    unsigned uid, gid;
    int64_t now;
    char *dir; /* that the last entry was in, below the top */
    struct ud_buf pending;
    size_t taken; /* of pending */
};

void ud_srctree_emit_init(struct ud_srctree_emit *emit, const char *prefix, unsigned uid,
                          unsigned gid);
void ud_srctree_emit_done(struct ud_srctree_emit *emit);

/* The entry's header, before it those of directories that the last entry was not in. */
UD_MUST_CHECK enum ud_code ud_srctree_emit_entry(struct ud_srctree_emit *emit,
                                                 const struct ud_srctree_entry *entry,
                                                 struct ud_error *err);
void ud_srctree_emit_padding(struct ud_srctree_emit *emit, uint64_t size);
void ud_srctree_emit_end(struct ud_srctree_emit *emit);

/* Takes up to len of the bytes that wait; 0 if none do. */
size_t ud_srctree_emit_take(struct ud_srctree_emit *emit, char *buf, size_t len);

/* A file has less data than it said. */
enum ud_code ud_srctree_emit_fail_short(const char *source, const char *path, struct ud_error *err);

#endif
