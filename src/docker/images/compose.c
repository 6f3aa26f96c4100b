#include "docker/images/compose.h"

#include <string.h>

#include "bundle/bytes/ring.h"
#include "docker/images/image.h"
#include "engine/call.h"
#include "images/compose_stream.h"
#include "platform/thread.h"
#include "util/mem.h"

enum { RING_BYTES = 2 << 20 };

void ud_compose_done(struct ud_compose *compose)
{
    ud_strv_done(&compose->env);
    ud_strv_done(&compose->labels);
    ud_strv_done(&compose->entrypoint);
    ud_strv_done(&compose->cmd);
    *compose = (struct ud_compose){0};
}

/* The engine sends the base while it takes the new image: one side pushes, the
 * other is asked. A thread with a connection of its own reads the base. */
struct pipeline {
    const struct ud_compose *compose;
    struct ud_engine *saver;
    struct ud_ring *ring;
    enum ud_code rc; /* of the thread; written before it ends the ring */
    struct ud_error error;
    const char *chunk; /* of the ring, not taken yet */
    size_t chunk_len;
};

static enum ud_code to_ring(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct pipeline *pipe = ctx;
    if (ud_ring_put(pipe->ring, data, len)) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "the engine takes no more of the new image");
}

static enum ud_code to_stream(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    return ud_compose_stream_feed(ctx, data, len, err);
}

static void save_base(void *arg)
{
    struct pipeline *pipe = arg;
    const struct ud_sink out = {to_ring, pipe};
    struct ud_compose_stream *stream = ud_compose_stream_new(pipe->compose, &out);
    const struct ud_sink base = {to_stream, stream};
    pipe->rc = ud_image_save(pipe->saver, pipe->compose->base, &base, &pipe->error);
    if (pipe->rc == UD_OK) {
        pipe->rc = ud_compose_stream_finish(stream, &pipe->error);
    }
    ud_compose_stream_free(stream);
    ud_ring_end(pipe->ring);
}

/* An archive whose making failed must not look complete. */
static enum ud_code end_of_ring(struct pipeline *pipe, size_t *ret_len, struct ud_error *err)
{
    if (pipe->rc != UD_OK && err != NULL) {
        *err = pipe->error;
    }
    *ret_len = 0;
    return pipe->rc;
}

static enum ud_code from_ring(void *ctx, void *dst, size_t room, size_t *ret_len,
                              struct ud_error *err)
{
    struct pipeline *pipe = ctx;
    if (pipe->chunk_len == 0) {
        const void *data = NULL;
        pipe->chunk_len = ud_ring_next(pipe->ring, &data);
        pipe->chunk = data;
        if (pipe->chunk_len == 0) {
            return end_of_ring(pipe, ret_len, err);
        }
    }
    size_t n = pipe->chunk_len < room ? pipe->chunk_len : room;
    memcpy(dst, pipe->chunk, n);
    pipe->chunk += n;
    pipe->chunk_len -= n;
    *ret_len = n;
    return UD_OK;
}

static enum ud_code compose_run(struct ud_engine *engine, struct pipeline *pipe,
                                struct ud_error *err)
{
    struct ud_thread *thread = NULL;
    const struct ud_source source = {from_ring, pipe, UD_SOURCE_SIZE_UNKNOWN};
    UD_TRY(ud_thread_start(save_base, pipe, &thread, err));
    enum ud_code rc = ud_image_load(engine, &source, err);
    ud_ring_stop(pipe->ring);
    ud_thread_join(thread);
    if (rc != UD_OK) {
        ud_error_prefix(err, "cannot make the image %s", pipe->compose->name);
    }
    return rc;
}

enum ud_code ud_image_compose(struct ud_engine *engine, const struct ud_compose *compose,
                              struct ud_error *err)
{
    struct pipeline pipe = {.compose = compose};
    /* Without a report, which belongs to the engine's own thread. */
    UD_TRY(ud_engine_connect_again(engine, engine->cancel, NULL, &pipe.saver, err));
    pipe.ring = ud_ring_new(RING_BYTES);
    enum ud_code rc = compose_run(engine, &pipe, err);
    ud_ring_free(pipe.ring);
    ud_engine_free(pipe.saver);
    return rc;
}
