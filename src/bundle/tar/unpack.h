/* Decompression by libarchive: in place, and as a stream in a thread of its own, so that it
 * overlaps with what is done with the result; that one computes the compressed stream's
 * digest too. */
#ifndef BUNDLE_TAR_UNPACK_H
#define BUNDLE_TAR_UNPACK_H

#include <archive.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* A reader, to be opened and released with archive_read_free, whose only entry
 * is the decompressed input: gzip, bzip2, xz and zstd, or nothing. A filter
 * that this libarchive lacks would start an external program instead, which it
 * says with ARCHIVE_WARN: that is an error here. */
UD_MUST_CHECK enum ud_code ud_filters_reader(struct archive **ret, struct ud_error *err);

struct ud_unpack;

struct ud_unpack_input {
    /* 1 to len bytes, 0 at the end; called from the other thread. */
    enum ud_code (*read)(void *ctx, void *buf, size_t len, size_t *ret_n, struct ud_error *err);
    void *ctx;
    const char *name; /* borrowed for the life of the unpack */
    bool digest;
};

UD_MUST_CHECK enum ud_code ud_unpack_start(const struct ud_unpack_input *input,
                                           struct ud_unpack **ret, struct ud_error *err);

/* Stops the thread, without reading the rest, and waits for it. */
void ud_unpack_free(struct ud_unpack *unpack);

/* The next decompressed bytes, valid until the next call; 0 at the end, which
 * may be because of a failure: ud_unpack_finish tells. */
size_t ud_unpack_next(struct ud_unpack *unpack, const void **ret_data);

/* Nothing more is wanted: reads the rest of the input if there is a digest to
 * compute, and returns how everything went. */
UD_MUST_CHECK enum ud_code ud_unpack_finish(struct ud_unpack *unpack, struct ud_error *err);

/* As above, but without reading the rest: whether a failure was the reason for
 * what ud_unpack_next returned. */
UD_MUST_CHECK enum ud_code ud_unpack_abandon(struct ud_unpack *unpack, struct ud_error *err);

/* After a successful finish, if asked for; else NULL. Borrowed. */
const char *ud_unpack_digest(const struct ud_unpack *unpack);

/* So far; at any time. */
uint64_t ud_unpack_bytes_in(const struct ud_unpack *unpack);
uint64_t ud_unpack_bytes_out(const struct ud_unpack *unpack);

#endif
