#include "docker/engine/demux.h"

#include "util/str.h"

enum {
    HEADER_LEN = 8,
    TYPE_STDIN = 0,
    TYPE_OUT = 1,
    TYPE_ERR = 2,
    TYPE_DAEMON = 3,
    DAEMON_MAX = 1024
};

void ud_demux_init(struct ud_demux *demux, const struct ud_sink *out, const struct ud_sink *errout)
{
    *demux = (struct ud_demux){0};
    if (out != NULL) {
        demux->out = *out;
    }
    if (errout != NULL) {
        demux->errout = *errout;
    }
    ud_buf_init(&demux->daemon, DAEMON_MAX);
}

void ud_demux_done(struct ud_demux *demux)
{
    if (demux->daemon.data != NULL) {
        ud_buf_done(&demux->daemon);
    }
    *demux = (struct ud_demux){0};
}

static enum ud_code begin_frame(struct ud_demux *demux, struct ud_error *err)
{
    const unsigned char *h = demux->header;
    if (h[0] > TYPE_DAEMON || h[1] != 0 || h[2] != 0 || h[3] != 0) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the engine's output stream has a frame of type %u:%u:%u:%u", h[0], h[1],
                       h[2], h[3]);
    }
    demux->left = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | h[7];
    if (demux->left == 0) {
        demux->header_len = 0;
    }
    return UD_OK;
}

/* What does not fit into the daemon's text is dropped: it is for a message. */
static enum ud_code demux_pass_on(struct ud_demux *demux, const char *data, size_t len,
                                  struct ud_error *err)
{
    switch (demux->header[0]) {
    case TYPE_ERR:
        return ud_sink_write(&demux->errout, data, len, err);
    case TYPE_DAEMON: {
        size_t room = demux->daemon.max - demux->daemon.len;
        ud_buf_add(&demux->daemon, data, len < room ? len : room);
        return UD_OK;
    }
    default:
        return ud_sink_write(&demux->out, data, len, err);
    }
}

enum ud_code ud_demux_feed(struct ud_demux *demux, const void *data, size_t len,
                           struct ud_error *err)
{
    const char *p = data;
    while (len > 0) {
        if (demux->header_len < HEADER_LEN) {
            demux->header[demux->header_len++] = (unsigned char)*p++;
            len--;
            if (demux->header_len == HEADER_LEN) {
                UD_TRY(begin_frame(demux, err));
            }
            continue;
        }
        size_t part = len < demux->left ? len : demux->left;
        UD_TRY(demux_pass_on(demux, p, part, err));
        p += part;
        len -= part;
        demux->left -= (uint32_t)part;
        if (demux->left == 0) {
            demux->header_len = 0;
        }
    }
    return UD_OK;
}

enum ud_code ud_demux_finish(const struct ud_demux *demux, struct ud_error *err)
{
    if (demux->daemon.len > 0) {
        (void)ud_fail(err, UD_ERR_ENGINE, NULL, "the engine broke off the output: %s",
                      demux->daemon.data);
        if (err != NULL) {
            ud_str_sanitize(err->message);
        }
        return UD_ERR_ENGINE;
    }
    if (demux->header_len != 0) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the engine's output stream ends in a frame");
    }
    return UD_OK;
}
