/* Networks of the engine. */
#ifndef DOCKER_CONTAINERS_NETWORK_H
#define DOCKER_CONTAINERS_NETWORK_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "util/error.h"

/* Whether there is a network of that name, such as "bridge", which an engine
 * started with --bridge=none lacks. */
UD_MUST_CHECK enum ud_code ud_network_exists(struct ud_engine *engine, const char *name, bool *ret,
                                             struct ud_error *err);

#endif
