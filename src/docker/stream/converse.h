/* A hijacked stream and a console, connected. */
#ifndef DOCKER_STREAM_CONVERSE_H
#define DOCKER_STREAM_CONVERSE_H

#include "docker/stream/console.h"
#include "engine/call.h"
#include "transport/duplex.h"

/* What the engine would take for a wish to detach, unless it is told another
 * key: its default is Ctrl-P, which people type. The first key of this one is
 * held back until the next comes. */
#define UD_DETACH_KEYS "ctrl-^,ctrl-@,ctrl-^,ctrl-@"

/* POSTs body (or NULL) to path; an answer that is no stream is an error that
 * begins with what. */
UD_MUST_CHECK enum ud_code ud_converse_open(struct ud_engine *engine, const char *path,
                                            const char *body, const char *what,
                                            struct ud_duplex **ret, struct ud_error *err);

/* Passes on input, output and sizes until the engine closes its side. Sizes are
 * POSTed to resize, a path without query. */
UD_MUST_CHECK enum ud_code ud_converse(struct ud_engine *engine, struct ud_duplex *duplex,
                                       const struct ud_console *console, const char *resize,
                                       struct ud_error *err);

#endif
