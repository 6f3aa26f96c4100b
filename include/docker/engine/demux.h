/* The multiplexed output of attach and exec: frames of
 * [type, 0, 0, 0, length as 32-bit big-endian] and their content, split
 * anywhere by the network. Pure. */
#ifndef DOCKER_ENGINE_DEMUX_H
#define DOCKER_ENGINE_DEMUX_H

#include <stddef.h>
#include <stdint.h>

#include "transport/stream.h"
#include "util/buf.h"
#include "util/error.h"

struct ud_demux {
    struct ud_sink out;    /* type 1 */
    struct ud_sink errout; /* type 2 */
    struct ud_buf daemon;  /* type 3: the engine's own error, capped */
    unsigned char header[8];
    size_t header_len; /* bytes of the header that are there */
    uint32_t left;     /* bytes of the content that are still to come */
};

void ud_demux_init(struct ud_demux *demux, const struct ud_sink *out, const struct ud_sink *errout);
void ud_demux_done(struct ud_demux *demux);

/* UD_ERR_PROTOCOL for a header that is none, or what a sink returned. */
UD_MUST_CHECK enum ud_code ud_demux_feed(struct ud_demux *demux, const void *data, size_t len,
                                         struct ud_error *err);

/* At the end: UD_ERR_PROTOCOL within a frame, UD_ERR_ENGINE after a type 3. */
UD_MUST_CHECK enum ud_code ud_demux_finish(const struct ud_demux *demux, struct ud_error *err);

#endif
