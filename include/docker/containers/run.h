/* The whole life of a container that does one thing. */
#ifndef DOCKER_CONTAINERS_RUN_H
#define DOCKER_CONTAINERS_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "docker/containers/container.h"
#include "docker/engine/engine.h"
#include "docker/stream/console.h"
#include "docker/stream/splice.h"
#include "transport/stream.h"
#include "util/error.h"

struct ud_run_upload {
    const char *path; /* an existing directory in the image */
    struct ud_source tar;
};

struct ud_run {
    const struct ud_container_spec *spec;
    const struct ud_run_upload *uploads; /* before start */
    size_t upload_count;
    struct ud_sink out;
    struct ud_sink errout;
    bool stop_first; /* on failure: its program is asked to end before it is killed */
    /* Instead of out and errout, with input; NULL: none. spec->open_stdin has to be
     * set, and spec->tty as the console says. */
    const struct ud_console *console;
    /* Instead of out, with input; NULL: none. spec->open_stdin has to be set. */
    struct ud_splice *splice;
    /* NULL, or set by a sink of these when the program works on by itself: the output is read no
     * more then, and the container is left running. */
    const bool *left;
    /* Optional: called after the end, while the container is still there, to
     * fetch what it made (ud_archive_get) or commit it (ud_image_commit). */
    enum ud_code (*collect)(void *ctx, struct ud_engine *engine, const char *name, int exit_code,
                            struct ud_error *err);
    void *collect_ctx;
};

struct ud_run_result {
    int exit_code;
    bool oom_killed;
};

/* Creates, uploads, attaches, starts, passes on the output to its end, waits,
 * collects; and removes the container always (but see left), also on each failure, on
 * a cancel request and when the answer to create was lost. An exit code other
 * than 0 is no failure of this function. */
UD_MUST_CHECK enum ud_code ud_run(struct ud_engine *engine, const struct ud_run *run,
                                  struct ud_run_result *ret, struct ud_error *err);

#endif
