/* Where engines listen when nobody says so. */
#ifndef DOCKER_ENDPOINT_KNOWN_SOCKETS_H
#define DOCKER_ENDPOINT_KNOWN_SOCKETS_H

#include <stdbool.h>

#include "transport/config_source.h"
#include "util/strv.h"

/* What docker's own command takes for the context "default". */
const char *ud_known_default(bool windows);

/* Adds endpoints in the order to try them. */
void ud_known_sockets(const struct ud_config_source *source, bool windows, struct ud_strv *ret);

#endif
