#include "transport/stream.h"

enum ud_code ud_sink_write(const struct ud_sink *sink, const void *data, size_t len,
                           struct ud_error *err)
{
    if (sink == NULL || sink->write == NULL || len == 0) {
        return UD_OK;
    }
    return sink->write(sink->ctx, data, len, err);
}
