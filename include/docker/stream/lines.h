/* A stream of text, such as a container's log, line by line: it may be of any length. */
#ifndef DOCKER_STREAM_LINES_H
#define DOCKER_STREAM_LINES_H

#include "transport/stream.h"
#include "util/buf.h"
#include "util/error.h"

struct ud_lines {
    struct ud_buf line; /* that has not ended; what is over its maximum is dropped */
    void (*take)(void *ctx, const char *line);
    void *ctx;
};

/* take gets each line, "" too, without its end ("\n" or "\r\n") and cut at max bytes. ud_lines_done
 * releases it. */
void ud_lines_init(struct ud_lines *lines, size_t max, void (*take)(void *ctx, const char *line),
                   void *ctx);
void ud_lines_done(struct ud_lines *lines);

/* Where the stream is to be written to; lines has to outlive it. */
struct ud_sink ud_lines_sink(struct ud_lines *lines);

/* The stream ended: a last line without an end is one too. */
void ud_lines_end(struct ud_lines *lines);

/* Forgets a line that has not ended: another stream begins. */
void ud_lines_begin_anew(struct ud_lines *lines);

#endif
