/* Waiting for the end of a process whose output has ended: engines learn of it later. */
#ifndef DOCKER_CONTAINERS_EXIT_WAIT_H
#define DOCKER_CONTAINERS_EXIT_WAIT_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "util/error.h"

/* One question to the engine. */
typedef enum ud_code ud_exit_look_fn(void *ctx, struct ud_engine *engine, bool *ret_ended,
                                     struct ud_error *err);

/* Asks, with growing pauses, until it has ended. A program of ours, users NULL, gets the
 * engine's exit_ms; if they pass, *ret_ended is false. One of the user's, whose name is users,
 * may have closed its output and work on: it is waited for as long as it runs, and after
 * exit_ms a note says so. UD_ERR_INTERRUPTED at a cancel request. */
UD_MUST_CHECK enum ud_code ud_exit_wait(struct ud_engine *engine, ud_exit_look_fn *look, void *ctx,
                                        const char *users, bool *ret_ended, struct ud_error *err);

/* The error for one that did not end in that time; begins with what. */
enum ud_code ud_exit_wait_fail(const char *what, struct ud_error *err);

#endif
