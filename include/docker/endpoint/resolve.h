/* Which engine: docker's own order of options, environment and contexts. Pure:
 * environment and files come through ud_config_source. */
#ifndef DOCKER_ENDPOINT_RESOLVE_H
#define DOCKER_ENDPOINT_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "transport/config_source.h"
#include "transport/endpoint.h"
#include "util/error.h"
#include "util/strv.h"

/* The origin of an endpoint that nobody named. */
#define UD_ENDPOINT_ORIGIN_KNOWN "known socket"

/* Candidates in the order in which to try them. */
struct ud_endpoint_list {
    struct ud_endpoint *items;
    size_t len;
    /* True: nobody named an endpoint, these are the known places and most do not
     * exist. False: exactly one, and its failure is the user's answer. */
    bool guessed;
    struct ud_strv warnings; /* worth telling, such as DOCKER_HOST hiding DOCKER_CONTEXT */
};

void ud_endpoint_list_done(struct ud_endpoint_list *list);

/* docker's options --tls, --tlsverify, --tlscacert, --tlscert and --tlskey. Files that are not
 * given are ca.pem, cert.pem and key.pem of DOCKER_CERT_PATH or of docker's directory of
 * configuration. */
struct ud_endpoint_tls {
    bool tls;
    bool verify;
    const char *ca_file;
    const char *cert_file;
    const char *key_file;
};

struct ud_endpoint_query {
    const char *host;    /* --host or NULL */
    const char *context; /* --context or NULL */
    struct ud_endpoint_tls tls;
    bool windows; /* the known places are those of Windows */
    struct ud_config_source source;
};

/* Chooses as docker's own command does: --context or --host (both: usage
 * error), DOCKER_HOST, DOCKER_CONTEXT, currentContext of config.json, and then
 * the known sockets. A named context that does not exist is UD_ERR_NOT_FOUND,
 * never something else in its place. */
UD_MUST_CHECK enum ud_code ud_endpoint_resolve(const struct ud_endpoint_query *query,
                                               struct ud_endpoint_list *ret, struct ud_error *err);

/* Adds all engines that docker's configuration and the known places name, in new memory: the
 * contexts in the order of their names ("context colima" as their origin), then the known sockets.
 * A context that cannot be used is a warning in its place. */
void ud_endpoint_all(const struct ud_endpoint_query *query, struct ud_endpoint_list *ret);

#endif
