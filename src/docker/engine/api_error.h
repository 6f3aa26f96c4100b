/* What an answer that is no success says. */
#ifndef DOCKER_ENGINE_API_ERROR_H
#define DOCKER_ENGINE_API_ERROR_H

#include "transport/http.h"
#include "util/error.h"

/* UD_OK for 2xx and for 304 (is already so). Otherwise an error that begins
 * with what was tried, such as "cannot create the container x", and gives the
 * engine's words, made safe for a terminal. */
UD_MUST_CHECK enum ud_code ud_api_check(const struct ud_http_response *response, const char *what,
                                        struct ud_error *err);

/* Fails with text that the engine sent, cut and made safe for a terminal. */
enum ud_code ud_api_fail(enum ud_code code, const char *what, const char *said,
                         struct ud_error *err);

#endif
