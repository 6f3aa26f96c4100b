/* What the files about the connection share. */
#ifndef DOCKER_ENGINE_ENGINE_INTERNAL_H
#define DOCKER_ENGINE_ENGINE_INTERNAL_H

#include "docker/engine/engine.h"

/* As ud_engine_connect; *ret_denied (always written) tells whether the socket
 * is there and permission is missing. */
UD_MUST_CHECK enum ud_code ud_engine_open(const struct ud_endpoint *endpoint,
                                          const struct ud_engine_options *options,
                                          struct ud_engine **ret, bool *ret_denied,
                                          struct ud_error *err);

/* UD_ERR_ENGINE for an engine of Windows containers. */
UD_MUST_CHECK enum ud_code ud_engine_check_os(const char *os_type, struct ud_error *err);

#endif
