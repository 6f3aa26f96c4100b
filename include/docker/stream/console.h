/* Who sits in front of an interactive process, as an interface: docker/ asks it
 * for input and hands it output, the command line has the terminal. */
#ifndef DOCKER_STREAM_CONSOLE_H
#define DOCKER_STREAM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "transport/stream.h"
#include "util/error.h"

struct ud_console {
    void *ctx;
    /* A terminal is there: the process gets one too, whose output comes in one
     * stream, to out. Without, out and errout are apart and bytes arrive as they
     * are. */
    bool tty;
    /* The process runs: input is wanted from now on, and wake(arg) from any
     * thread whenever there may be some, or a new size. May fail; then end is not
     * called. */
    enum ud_code (*begin)(void *ctx, void (*wake)(void *arg), void *arg, struct ud_error *err);
    /* It does not any more; no wake is under way when this returns. */
    void (*end)(void *ctx);
    /* Takes at most room bytes of input without waiting; how many. *ret_end: there
     * will be no more. */
    size_t (*read)(void *ctx, void *dst, size_t room, bool *ret_end);
    /* The terminal's size; false if it is not known. */
    bool (*size)(void *ctx, unsigned *ret_rows, unsigned *ret_columns);
    /* Whether it may have changed since the last call. */
    bool (*resized)(void *ctx);
    struct ud_sink out;
    struct ud_sink errout;
};

#endif
