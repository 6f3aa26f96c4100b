/* Named pipes, which libcurl does not know: it asks for a socket, and gets the
 * near end of a bridge to the pipe. A connection outlives the transfer it was
 * opened for, so the bridges belong to the ud_http. */
#include "http_internal.h"

#include <stdlib.h>

#include "platform/pipe.h"
#include "util/mem.h"

struct ud_http_bridge {
    struct ud_http_bridge *next;
    struct ud_http_transfer *opener; /* NULL once that is gone */
    struct ud_pipe *pipe;
    curl_socket_t socket;
};

static void keep_error(struct ud_http_transfer *t, struct ud_pipe *pipe)
{
    struct ud_error why = {0};
    if (t != NULL && t->pipe_error.code == UD_OK && ud_pipe_check(pipe, &why) != UD_OK) {
        t->pipe_error = why;
    }
}

static void http_pipe_tell(const struct ud_http *http, struct ud_pipe *pipe)
{
    uint64_t in = 0;
    uint64_t out = 0;
    ud_pipe_count(pipe, &in, &out);
    ud_report_message(http->report, UD_REPORT_DEBUG, "a connection to %s: %llu bytes out, %llu in",
                      http->endpoint.path, (unsigned long long)in, (unsigned long long)out);
}

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct ud_http_transfer *t = arg;
    struct ud_http *http = t->http;
    struct ud_pipe *pipe = NULL;
    uintptr_t socket = 0;
    (void)address;
    if (purpose != CURLSOCKTYPE_IPCXN || ud_pipe_open(http->endpoint.path, http->connect_timeout_ms,
                                                      &pipe, &socket, &t->pipe_error) != UD_OK) {
        return CURL_SOCKET_BAD;
    }
    struct ud_http_bridge *bridge = ud_alloc(1, sizeof *bridge);
    bridge->opener = t;
    bridge->pipe = pipe;
    bridge->socket = (curl_socket_t)socket;
    bridge->next = http->bridges;
    http->bridges = bridge;
    return bridge->socket;
}

static int on_opened(void *arg, curl_socket_t socket, curlsocktype purpose)
{
    (void)arg;
    (void)socket;
    (void)purpose;
    return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static int on_close(void *arg, curl_socket_t socket)
{
    struct ud_http *http = arg;
    struct ud_http_bridge **link = &http->bridges;
    while (*link != NULL && (*link)->socket != socket) {
        link = &(*link)->next;
    }
    struct ud_http_bridge *bridge = *link;
    if (bridge == NULL) {
        return 1;
    }
    *link = bridge->next;
    keep_error(bridge->opener, bridge->pipe);
    http_pipe_tell(http, bridge->pipe);
    ud_pipe_free(bridge->pipe); /* closes the socket too */
    free(bridge);
    return 0;
}

void ud_http_set_pipe(struct ud_http_transfer *t)
{
    /* One address, so that libcurl does not race two connections. */
    (void)curl_easy_setopt(t->easy, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
    (void)curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    (void)curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t);
    (void)curl_easy_setopt(t->easy, CURLOPT_SOCKOPTFUNCTION, on_opened);
    (void)curl_easy_setopt(t->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    (void)curl_easy_setopt(t->easy, CURLOPT_CLOSESOCKETDATA, t->http);
}

bool ud_http_pipe_error(struct ud_http_transfer *t, struct ud_error *ret)
{
    for (struct ud_http_bridge *b = t->http->bridges; b != NULL; b = b->next) {
        if (b->opener == t) {
            keep_error(t, b->pipe);
        }
    }
    *ret = t->pipe_error;
    return t->pipe_error.code != UD_OK;
}

void ud_http_pipe_forget(const struct ud_http_transfer *t)
{
    for (struct ud_http_bridge *b = t->http->bridges; b != NULL; b = b->next) {
        b->opener = b->opener == t ? NULL : b->opener;
    }
}
