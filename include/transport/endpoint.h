/* Where an engine listens, in the forms docker's tools accept. Pure. How one is
 * chosen is in docker/endpoint/resolve.h. */
#ifndef TRANSPORT_ENDPOINT_H
#define TRANSPORT_ENDPOINT_H

#include <stdbool.h>

#include "util/error.h"

enum ud_endpoint_kind {
    UD_ENDPOINT_UNIX,
    UD_ENDPOINT_NPIPE,
    UD_ENDPOINT_TCP,
    UD_ENDPOINT_SSH,
    UD_ENDPOINT_FD
};

struct ud_endpoint {
    enum ud_endpoint_kind kind;
    char *path;      /* unix: the socket; npipe: "//./pipe/NAME"; ssh: the socket there, or NULL:
                      * the usual one; fd: what follows; else NULL */
    char *host;      /* tcp (IPv6 without brackets), ssh ("user@host"); else NULL */
    unsigned port;   /* tcp: never 0; ssh: 0 when not given */
    char *base;      /* tcp: "" or "/path" before the API's paths; else NULL */
    bool tls;        /* tcp only */
    bool tls_verify; /* the server's certificate is checked */
    char *ca_file;   /* NULL: the system's bundle */
    char *cert_file; /* client certificate and key: both or none */
    char *key_file;
    char *
        origin; /* how it was chosen: "--host", "--context colima", "DOCKER_HOST", "known socket" */
    char *text; /* canonical, for display: "unix:///var/run/docker.sock" */
};

void ud_endpoint_done(struct ud_endpoint *endpoint);
void ud_endpoint_copy(const struct ud_endpoint *from, struct ud_endpoint *ret);

/* Reads one of
 *     unix://PATH  npipe:////./pipe/NAME  npipe://./pipe/NAME  \\.\pipe\NAME
 *     tcp://HOST[:PORT][/BASE]  HOST[:PORT]  ssh://[USER@]HOST[:PORT][/SOCKET]  fd://...
 * An empty PATH, NAME, HOST or PORT is docker's default; the default port is
 * 2376 with tls and 2375 without. origin is copied. UD_ERR_USAGE for anything
 * else. */
UD_MUST_CHECK enum ud_code ud_endpoint_parse(const char *text, bool tls, const char *origin,
                                             struct ud_endpoint *ret, struct ud_error *err);

/* UD_ERR_USAGE with a remedy for what cannot be talked to from here: fd, ssh
 * on Windows, a named pipe anywhere but on Windows, a socket path longer than the system
 * takes. */
UD_MUST_CHECK enum ud_code ud_endpoint_check_supported(const struct ud_endpoint *endpoint,
                                                       struct ud_error *err);

#endif
