#include "transport/endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "platform/pipe.h"
#include "util/mem.h"

enum {
    SOCKET_PATH_MAX = 107 /* sun_path of Linux and Windows, without its NUL */
};

void ud_endpoint_done(struct ud_endpoint *endpoint)
{
    if (endpoint == NULL) {
        return;
    }
    free(endpoint->path);
    free(endpoint->host);
    free(endpoint->base);
    free(endpoint->ca_file);
    free(endpoint->cert_file);
    free(endpoint->key_file);
    free(endpoint->origin);
    free(endpoint->text);
    *endpoint = (struct ud_endpoint){0};
}

static char *dup_or_null(const char *text)
{
    return text != NULL ? ud_strdup(text) : NULL;
}

void ud_endpoint_copy(const struct ud_endpoint *from, struct ud_endpoint *ret)
{
    *ret = *from;
    ret->path = dup_or_null(from->path);
    ret->host = dup_or_null(from->host);
    ret->base = dup_or_null(from->base);
    ret->ca_file = dup_or_null(from->ca_file);
    ret->cert_file = dup_or_null(from->cert_file);
    ret->key_file = dup_or_null(from->key_file);
    ret->origin = dup_or_null(from->origin);
    ret->text = dup_or_null(from->text);
}

enum ud_code ud_endpoint_check_supported(const struct ud_endpoint *ep, struct ud_error *err)
{
    switch (ep->kind) {
    case UD_ENDPOINT_UNIX:
        if (strlen(ep->path) > SOCKET_PATH_MAX) {
            return ud_fail(err, UD_ERR_USAGE,
                           "Make a symbolic link to the socket at a shorter path and name that.",
                           "the socket path of %s is %u bytes long, and the system takes %d",
                           ep->text, (unsigned)strlen(ep->path), SOCKET_PATH_MAX);
        }
        return UD_OK;
    case UD_ENDPOINT_TCP:
    case UD_ENDPOINT_SSH:
        return UD_OK;
    case UD_ENDPOINT_NPIPE:
        if (!ud_pipe_supported()) {
            return ud_fail(err, UD_ERR_USAGE,
                           "Use unix:///path/to/docker.sock or tcp://host:port, or run the "
                           "program for Windows.",
                           "%s: this system has no named pipes", ep->text);
        }
        return UD_OK;
    case UD_ENDPOINT_FD:
        return ud_fail(err, UD_ERR_USAGE, "Use unix:///path/to/docker.sock or tcp://host:port.",
                       "%s: fd:// is for the engine itself, not for its clients", ep->text);
    }
    return ud_fail(err, UD_ERR_INTERNAL, NULL, "unknown kind of endpoint");
}
