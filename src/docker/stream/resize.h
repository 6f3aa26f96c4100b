/* Telling the engine the terminal's size while a stream goes on. */
#ifndef DOCKER_STREAM_RESIZE_H
#define DOCKER_STREAM_RESIZE_H

#include "docker/stream/console.h"
#include "engine/call.h"

struct ud_resize {
    struct ud_engine *engine;
    const struct ud_console *console;
    const char *path; /* without query */
    struct ud_http_transfer *transfer;
    bool wanted;
    unsigned failures; /* in a row */
    uint64_t not_before;
};

/* One request at a time, never waited for: call it often. */
void ud_resize_step(struct ud_resize *resize);
/* Whether the engine knows the size, or is not asked any more. */
bool ud_resize_is_settled(const struct ud_resize *resize);
void ud_resize_done(struct ud_resize *resize);

#endif
