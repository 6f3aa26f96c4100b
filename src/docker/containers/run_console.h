/* The part of a run in which somebody takes part: a console, or the peer of a splice. */
#ifndef DOCKER_CONTAINERS_RUN_CONSOLE_H
#define DOCKER_CONTAINERS_RUN_CONSOLE_H

#include "docker/containers/run.h"

/* Attaches both ways, starts, passes on to the end. */
UD_MUST_CHECK enum ud_code ud_run_converse(struct ud_engine *engine, const char *name,
                                           const struct ud_console *console, struct ud_error *err);

UD_MUST_CHECK enum ud_code ud_run_splice(struct ud_engine *engine, const char *name,
                                         struct ud_splice *splice, const struct ud_sink *errout,
                                         struct ud_error *err);

/* Waits until it has ended, but not for ever: the stream ends too when the
 * connection is lost. UD_ERR_UNREACHABLE then. */
UD_MUST_CHECK enum ud_code ud_run_await_end(struct ud_engine *engine, const char *name,
                                            struct ud_error *err);

#endif
