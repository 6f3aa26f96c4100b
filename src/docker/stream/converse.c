#include "stream/converse.h"

#include <stdlib.h>

#include "docker/engine/demux.h"
#include "engine/api_error.h"
#include "platform/host.h"
#include "stream/resize.h"
#include "util/mem.h"
#include "util/patience.h"

enum { PIECE = 64 * 1024 };

struct conversation {
    struct ud_duplex *duplex;
    const struct ud_console *console;
    struct ud_demux demux;
    struct ud_resize resize;
    char *out; /* what came */
    char *in;  /* what is on its way; stays where it is until it is sent */
    size_t in_at;
    size_t in_len;
    bool in_ended; /* the console has no more */
    bool moved;    /* something, in this turn */
    bool sized;    /* the process has the terminal's size, or has to do without */
    uint64_t began;
};

static void converse_wake(void *arg)
{
    ud_duplex_wake(arg);
}

enum ud_code ud_converse_open(struct ud_engine *engine, const char *path, const char *body,
                              const char *what, struct ud_duplex **ret, struct ud_error *err)
{
    struct ud_http_response answer = {0};
    struct ud_duplex *duplex = NULL;
    enum ud_code rc = ud_duplex_open(engine->http, path, body, &duplex, &answer, err);
    if (rc != UD_OK) {
        if (rc != UD_ERR_INTERRUPTED) {
            ud_error_prefix(err, "%s", what);
        }
        return rc;
    }
    if (duplex == NULL) {
        rc = ud_api_check(&answer, what, err);
        if (rc == UD_OK) {
            rc = ud_api_fail(UD_ERR_PROTOCOL, what, "the answer is not a stream", err);
            ud_error_remedy(err, "Name the engine itself with --host: what answers there carries "
                                 "no input.");
        }
    }
    ud_http_response_done(&answer);
    *ret = duplex;
    return rc;
}

static enum ud_code converse_receive(struct conversation *c, bool *ret_end, struct ud_error *err)
{
    size_t n = 0;
    UD_TRY(ud_duplex_recv(c->duplex, c->out, PIECE, &n, ret_end, err));
    c->moved = c->moved || n > 0;
    return c->console->tty ? ud_sink_write(&c->console->out, c->out, n, err)
                           : ud_demux_feed(&c->demux, c->out, n, err);
}

/* The end of a file or pipe is passed on; a terminal has none, but for being
 * closed, and nobody is there then. */
static enum ud_code end_input(struct conversation *c, struct ud_error *err)
{
    if (c->console->tty) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "the terminal was closed");
    }
    ud_duplex_finish(c->duplex);
    return UD_OK;
}

/* What is typed first waits until the process has the size: it may ask for it. */
static enum ud_code converse_transmit(struct conversation *c, struct ud_error *err)
{
    size_t n = 0;
    if (!c->sized) {
        return UD_OK;
    }
    if (c->in_len == 0 && !c->in_ended) {
        c->in_len = c->console->read(c->console->ctx, c->in, PIECE, &c->in_ended);
        c->in_at = 0;
        if (c->in_ended && c->in_len == 0) {
            return end_input(c, err);
        }
    }
    if (c->in_len == 0) {
        return UD_OK;
    }
    UD_TRY(ud_duplex_send(c->duplex, c->in + c->in_at, c->in_len, &n, err));
    c->in_at += n;
    c->in_len -= n;
    c->moved = c->moved || n > 0;
    return c->in_len == 0 && c->in_ended ? end_input(c, err) : UD_OK;
}

static enum ud_code converse_talk(struct conversation *c, struct ud_error *err)
{
    for (bool end = false; !end;) {
        c->moved = false;
        UD_TRY(converse_receive(c, &end, err));
        if (end) {
            break;
        }
        unsigned idle = UD_PATIENCE_IDLE_MS;
        if (c->console->tty) {
            ud_resize_step(&c->resize);
            c->sized = c->sized || ud_resize_is_settled(&c->resize) ||
                       ud_host_now_ms() > c->began + UD_PATIENCE_SIZE_MS;
            idle = c->resize.wanted || !c->sized ? UD_PATIENCE_RESIZING_MS : UD_PATIENCE_IDLE_MS;
        }
        UD_TRY(converse_transmit(c, err));
        UD_TRY(ud_duplex_wait(c->duplex, c->in_len > 0, c->moved ? 0 : idle, err));
    }
    return c->console->tty ? UD_OK : ud_demux_finish(&c->demux, err);
}

enum ud_code ud_converse(struct ud_engine *engine, struct ud_duplex *duplex,
                         const struct ud_console *console, const char *resize, struct ud_error *err)
{
    struct conversation c = {
        .duplex = duplex,
        .console = console,
        .resize = {.engine = engine, .console = console, .path = resize, .wanted = true},
    };
    c.sized = !console->tty;
    c.began = ud_host_now_ms();
    UD_TRY(console->begin(console->ctx, converse_wake, duplex, err));
    c.out = ud_alloc(PIECE, 1);
    c.in = ud_alloc(PIECE, 1);
    ud_demux_init(&c.demux, &console->out, &console->errout);
    enum ud_code rc = converse_talk(&c, err);
    console->end(console->ctx);
    ud_resize_done(&c.resize);
    ud_demux_done(&c.demux);
    free(c.out);
    free(c.in);
    return rc;
}
