/* A buffer in memory as a source of bytes for an upload. */
#ifndef APP_ENGINE_BYTES_H
#define APP_ENGINE_BYTES_H

#include "transport/stream.h"
#include "util/buf.h"

struct ud_bytes {
    const char *data;
    size_t len;
    size_t at;
};

/* bytes and the buffer must outlive the source. */
struct ud_source ud_bytes_source(struct ud_bytes *bytes, const struct ud_buf *buf);

/* A sink that adds to a buffer; past its maximum UD_ERR_PROTOCOL. */
struct ud_sink ud_bytes_sink(struct ud_buf *buf);

#endif
