/* A stream of JSON messages, one a line, split anywhere by the network. Pure. */
#ifndef DOCKER_ENGINE_JSONLINES_H
#define DOCKER_ENGINE_JSONLINES_H

#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"

struct ud_jsonlines {
    struct ud_buf line;
    /* One message without its line end, NUL-terminated. */
    enum ud_code (*message)(void *ctx, const char *text, size_t len, struct ud_error *err);
    void *ctx;
};

/* max: bytes of the longest line. */
void ud_jsonlines_init(struct ud_jsonlines *lines, size_t max,
                       enum ud_code (*message)(void *ctx, const char *text, size_t len,
                                               struct ud_error *err),
                       void *ctx);
void ud_jsonlines_done(struct ud_jsonlines *lines);

/* Accepts LF and CRLF and ignores blank lines. UD_ERR_PROTOCOL for a line that
 * is too long, or what message returned. */
UD_MUST_CHECK enum ud_code ud_jsonlines_feed(struct ud_jsonlines *lines, const void *data,
                                             size_t len, struct ud_error *err);

/* A last line without an end is a message too. */
UD_MUST_CHECK enum ud_code ud_jsonlines_finish(struct ud_jsonlines *lines, struct ud_error *err);

#endif
