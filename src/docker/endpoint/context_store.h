/* Docker's contexts: named endpoints below the configuration directory. */
#ifndef DOCKER_ENDPOINT_CONTEXT_STORE_H
#define DOCKER_ENDPOINT_CONTEXT_STORE_H

#include "transport/config_source.h"
#include "transport/endpoint.h"
#include "util/error.h"

/* currentContext of config.json in new memory, NULL when there is none. A file
 * that cannot be read or is no JSON adds a warning, as docker's command does. */
char *ud_context_current(const struct ud_config_source *source, struct ud_strv *warnings);

/* The endpoint of a context on disk ("default" never is). */
UD_MUST_CHECK enum ud_code ud_context_load(const struct ud_config_source *source, const char *name,
                                           const char *origin, struct ud_endpoint *ret,
                                           struct ud_error *err);

/* Sets a file of the endpoint when DIR/NAME can be read; *field stays NULL otherwise. */
void ud_context_tls_file(const struct ud_config_source *source, const char *dir, const char *name,
                         char **field);

#endif
