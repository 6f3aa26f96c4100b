/* Docker's contexts: named endpoints below the configuration directory. */
#ifndef DOCKER_ENDPOINT_CONTEXT_STORE_H
#define DOCKER_ENDPOINT_CONTEXT_STORE_H

#include "transport/config_source.h"
#include "transport/endpoint.h"
#include "util/error.h"

/* *ret is currentContext of config.json in new memory, NULL when there is none. A file that is
 * there and cannot be read or understood may name an engine, and another one must not be taken for
 * it: UD_ERR_USAGE, UD_ERR_DENIED or UD_ERR_IO. docker's command warns and takes another. */
UD_MUST_CHECK enum ud_code ud_context_current(const struct ud_config_source *source, char **ret,
                                              struct ud_error *err);

/* The endpoint of a context on disk ("default" never is). */
UD_MUST_CHECK enum ud_code ud_context_load(const struct ud_config_source *source, const char *name,
                                           const char *origin, struct ud_endpoint *ret,
                                           struct ud_error *err);

/* Adds the names of the contexts on disk, sorted. What is damaged has none. */
void ud_context_names(const struct ud_config_source *source, struct ud_strv *ret);

/* Sets a file of the endpoint when DIR/NAME can be read; *field stays NULL otherwise. */
void ud_context_tls_file(const struct ud_config_source *source, const char *dir, const char *name,
                         char **field);

#endif
