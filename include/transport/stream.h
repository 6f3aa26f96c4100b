/* Bytes that come from or go to the caller, piece by piece. */
#ifndef TRANSPORT_STREAM_H
#define TRANSPORT_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"

/* Takes bytes. write may refuse them with an error of its own, which ends the
 * transfer and is what the transfer's caller gets. A NULL write discards. */
struct ud_sink {
    enum ud_code (*write)(void *ctx, const void *data, size_t len, struct ud_error *err);
    void *ctx;
};

enum { UD_SOURCE_SIZE_UNKNOWN = -1 };

/* Gives bytes. read fills at most room bytes of dst and sets *ret_len; 0 means
 * the end. It may fail as a sink may. */
struct ud_source {
    enum ud_code (*read)(void *ctx, void *dst, size_t room, size_t *ret_len, struct ud_error *err);
    void *ctx;
    int64_t size; /* in bytes, or UD_SOURCE_SIZE_UNKNOWN */
};

/* Writes to the sink; UD_OK without one. */
UD_MUST_CHECK enum ud_code ud_sink_write(const struct ud_sink *sink, const void *data, size_t len,
                                         struct ud_error *err);

/* A buffer in memory as a source of bytes for an upload. */
struct ud_bytes {
    const char *data;
    size_t len;
    size_t at;
};

/* bytes and the buffer must outlive the source. */
struct ud_source ud_bytes_source(struct ud_bytes *bytes, const struct ud_buf *buf);

#endif
