#include "transport/stream.h"

#include <string.h>

enum ud_code ud_sink_write(const struct ud_sink *sink, const void *data, size_t len,
                           struct ud_error *err)
{
    if (sink == NULL || sink->write == NULL || len == 0) {
        return UD_OK;
    }
    return sink->write(sink->ctx, data, len, err);
}

static enum ud_code read_bytes(void *ctx, void *dst, size_t room, size_t *ret_len,
                               struct ud_error *err)
{
    (void)err;
    struct ud_bytes *bytes = ctx;
    size_t left = bytes->len - bytes->at;
    size_t n = left < room ? left : room;
    memcpy(dst, bytes->data + bytes->at, n);
    bytes->at += n;
    *ret_len = n;
    return UD_OK;
}

struct ud_source ud_bytes_source(struct ud_bytes *bytes, const struct ud_buf *buf)
{
    *bytes = (struct ud_bytes){.data = buf->data, .len = buf->len};
    return (struct ud_source){.read = read_bytes, .ctx = bytes, .size = (int64_t)buf->len};
}
