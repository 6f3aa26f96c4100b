/* Running one more process in a running container. */
#ifndef DOCKER_CONTAINERS_EXEC_H
#define DOCKER_CONTAINERS_EXEC_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "docker/stream/console.h"
#include "transport/stream.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_exec {
    const char *container;
    const char *workdir; /* NULL: the container's */
    const char *user;    /* NULL: the container's */
    struct ud_strv argv;
    struct ud_strv env; /* "NAME=value" */
    bool privileged;
    bool users_own; /* a program of the user's: it may close its output and work on */
    struct ud_sink out;
    struct ud_sink errout;
};

/* Runs it to its end. The engine may tell that end later than the output's: UD_ERR_ENGINE if
 * it does not within its exit_ms, but for a program of the user's. A cancel request returns at once
 * and leaves the process running: end it with its container. */
UD_MUST_CHECK enum ud_code ud_exec_run(struct ud_engine *engine, const struct ud_exec *exec,
                                       int *ret_exit_code, struct ud_error *err);

/* Runs it with the console's input, output (out and errout of exec are not used)
 * and, if it has one, terminal. The stream is the engine's hijacked one; over TLS
 * too. A cancel request, a failing sink or a lost connection returns at once and
 * leaves the process running, with the end of its input: end it with its
 * container. UD_ERR_INTERRUPTED also when the
 * terminal is closed. */
UD_MUST_CHECK enum ud_code ud_exec_interactive(struct ud_engine *engine, const struct ud_exec *exec,
                                               const struct ud_console *console, int *ret_exit_code,
                                               struct ud_error *err);

#endif
