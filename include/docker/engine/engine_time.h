/* The engine's clock, which need not agree with this machine's: a VM's stands still while
 * its host sleeps. What the engine dates is compared with this only. */
#ifndef DOCKER_ENGINE_ENGINE_TIME_H
#define DOCKER_ENGINE_ENGINE_TIME_H

#include <stdint.h>

#include "docker/engine/engine.h"
#include "util/error.h"

/* Seconds since 1970 of an RFC 3339 text, as the engine writes them; 0 if it is none. Pure. */
int64_t ud_engine_time_parse(const char *text);

/* What the engine's clock shows now; UD_ERR_PROTOCOL if it does not tell. */
UD_MUST_CHECK enum ud_code ud_engine_time(struct ud_engine *engine, int64_t *ret,
                                          struct ud_error *err);

#endif
