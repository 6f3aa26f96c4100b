/* Which engines this machine knows, which of them a command would use, and why. */
#ifndef APP_ENGINES_H
#define APP_ENGINES_H

#include <stdbool.h>
#include <stddef.h>

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "util/error.h"

enum ud_engine_state {
    UD_ENGINE_ANSWERS,
    UD_ENGINE_FAILS,    /* it is there, or somebody named it, and does not answer as an engine */
    UD_ENGINE_ABSENT,   /* a known place where nobody listens */
    UD_ENGINE_NOT_ASKED /* over ssh, which may ask the user, and not chosen */
};

struct ud_engine_place {
    char *endpoint; /* "unix:///var/run/docker.sock" */
    char *origin;   /* how it is known: "--host", "context colima", "known socket" */
    enum ud_engine_state state;
    bool chosen;                /* a command with the same options and environment uses it */
    char *why;                  /* it does not answer; else NULL */
    struct ud_engine_info info; /* of one that answers */
};

struct ud_engine_places {
    struct ud_engine_place *items; /* the chosen one first, then contexts, then known places */
    size_t len;
    char *failure; /* why none is chosen; NULL if one is */
};

void ud_engine_places_done(struct ud_engine_places *places);

/* Asks each engine for its version, one after the other. An engine that is known in several ways
 * is listed once. Errors: UD_ERR_USAGE, UD_ERR_INTERRUPTED. */
UD_MUST_CHECK enum ud_code ud_app_engines(const struct ud_app *app,
                                          const struct ud_engine_choice *choice,
                                          struct ud_engine_places *ret, struct ud_error *err);

#endif
