#include "stream/splice_run.h"

#include <stdlib.h>
#include <string.h>

#include "docker/engine/demux.h"
#include "platform/host.h"
#include "util/mem.h"
#include "util/patience.h"

enum { PIECE = 64 * 1024 };

/* Bytes on their way; those up to at have gone. They stay where they are until then (TLS). */
struct splice_piece {
    char data[PIECE];
    size_t at;
    size_t len;
};

struct passing {
    struct ud_splice *splice;
    struct ud_duplex *duplex;
    struct ud_demux demux;
    char stream[PIECE];        /* as it came from the engine: frames */
    struct splice_piece there; /* for the peer */
    struct splice_piece back;  /* for the container */
    bool peer_ended;
    uint64_t peer_ended_at;
    bool ended;
    bool moved; /* something, in this turn */
};

static bool splice_piece_is_empty(const struct splice_piece *piece)
{
    return piece->at == piece->len;
}

/* All that one piece of the stream holds has room: the one before has gone. */
static enum ud_code splice_on_output(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct passing *p = ctx;
    (void)err;
    if (!p->peer_ended) {
        memcpy(p->there.data + p->there.len, data, len);
        p->there.len += len;
    }
    return UD_OK;
}

static void splice_end_peer(struct passing *p)
{
    if (!p->peer_ended) {
        p->peer_ended = true;
        p->peer_ended_at = ud_host_now_ms();
        p->there.at = p->there.len = 0;
        ud_duplex_finish(p->duplex);
    }
}

static enum ud_code splice_take_stream(struct passing *p, struct ud_error *err)
{
    size_t n = 0;
    if (!splice_piece_is_empty(&p->there)) {
        return UD_OK;
    }
    p->there.at = p->there.len = 0;
    UD_TRY(ud_duplex_recv(p->duplex, p->stream, PIECE, &n, &p->ended, err));
    p->moved = p->moved || n > 0;
    return ud_demux_feed(&p->demux, p->stream, n, err);
}

static void splice_send_there(struct passing *p)
{
    struct splice_piece *piece = &p->there;
    bool end = false;
    if (splice_piece_is_empty(piece)) {
        return;
    }
    size_t n = ud_tcp_send(p->splice->peer, piece->data + piece->at, piece->len - piece->at, &end);
    piece->at += n;
    p->moved = p->moved || n > 0;
    atomic_fetch_add(&p->splice->to_peer, n);
    if (end) {
        splice_end_peer(p);
    }
}

/* What the peer said before it ended goes on to the container first. */
static enum ud_code splice_bring_back(struct passing *p, struct ud_error *err)
{
    struct splice_piece *piece = &p->back;
    size_t n = 0;
    bool end = false;
    if (splice_piece_is_empty(piece) && !p->peer_ended) {
        piece->at = 0;
        ud_tcp_receive(p->splice->peer, piece->data, PIECE, &piece->len, &end);
        p->moved = p->moved || piece->len > 0;
        atomic_fetch_add(&p->splice->from_peer, piece->len);
    }
    if (end) {
        splice_end_peer(p);
    }
    if (splice_piece_is_empty(piece)) {
        return UD_OK;
    }
    UD_TRY(ud_duplex_send(p->duplex, piece->data + piece->at, piece->len - piece->at, &n, err));
    piece->at += n;
    p->moved = p->moved || n > 0;
    return UD_OK;
}

/* The end of the input is the container's sign to end. Where it does not arrive, as through a pipe
 * that cannot carry it, somebody else has to end it. */
static enum ud_code splice_wait(struct passing *p, struct ud_error *err)
{
    if (p->peer_ended && ud_host_now_ms() - p->peer_ended_at > UD_PATIENCE_CANCEL_MS) {
        return ud_fail(err, UD_ERR_UNREACHABLE, NULL, "the server ended the connection");
    }
    const bool there = !splice_piece_is_empty(&p->there);
    const bool back = !splice_piece_is_empty(&p->back);
    const struct ud_duplex_want own = {.receiving = !there, .sending = back};
    const struct ud_duplex_want peers = {.receiving = !back, .sending = there};
    return ud_duplex_wait_with(p->duplex, own, p->peer_ended ? NULL : p->splice->peer, peers,
                               p->moved ? 0 : UD_PATIENCE_TURN_MS, err);
}

static enum ud_code splice_turns(struct passing *p, struct ud_error *err)
{
    for (;;) {
        p->moved = false;
        UD_TRY(splice_take_stream(p, err));
        if (p->ended) {
            return ud_demux_finish(&p->demux, err);
        }
        splice_send_there(p);
        UD_TRY(splice_bring_back(p, err));
        UD_TRY(splice_wait(p, err));
    }
}

enum ud_code ud_splice_pass(struct ud_splice *splice, struct ud_duplex *duplex,
                            const struct ud_sink *errout, struct ud_error *err)
{
    struct passing *p = ud_alloc(1, sizeof *p);
    const struct ud_sink out = {splice_on_output, p};
    p->splice = splice;
    p->duplex = duplex;
    ud_demux_init(&p->demux, &out, errout);
    enum ud_code rc = splice_turns(p, err);
    ud_demux_done(&p->demux);
    free(p);
    return rc;
}
