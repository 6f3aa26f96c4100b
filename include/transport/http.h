/* HTTP to one engine, or to the web. The only user of libcurl.
 *
 * A ud_http belongs to one thread. Any number of transfers run on it at once:
 * each ud_http_await_* call drives all of them, so their sinks and sources may
 * be called from it. Only ud_cancel_request may come from elsewhere. */
#ifndef TRANSPORT_HTTP_H
#define TRANSPORT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transport/cancel.h"
#include "transport/endpoint.h"
#include "transport/stream.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/report.h"
#include "util/strv.h"

struct ud_http;
struct ud_http_transfer;

struct ud_http_config {
    /* The engine, copied; no proxy, no redirects. NULL: the web, with proxies
     * from the environment and redirects (never from https to http). */
    const struct ud_endpoint *endpoint;
    struct ud_cancel *cancel;       /* borrowed, may be NULL */
    const struct ud_report *report; /* borrowed, may be NULL; gets one debug line a request */
    /* For name, connection and TLS together; 0: UD_PATIENCE_CONNECT_MS for an engine, and
     * UD_PATIENCE_WEB_CONNECT_MS for the web. A busy named pipe is tried as long. */
    unsigned connect_timeout_ms;
    /* For an engine: when no byte of it has come for so long and something is waited for, it is
     * asked whether it is there (GET /_ping), and has as long to answer. If it does not, all that
     * is waited for fails with UD_ERR_UNREACHABLE: its machine hangs, or is gone without a word.
     * 0: UD_PATIENCE_SILENCE_MS. */
    unsigned silence_ms;
    /* For the web: a PEM file of certificates that are trusted besides those of ud_host_trust
     * (platform/host.h); on Windows, in place of the system's. Borrowed; NULL: none. */
    const char *ca_file;
};

/* Reads config->ca_file: the errors of ud_authorities_read (transport/authorities.h).
 * UD_ERR_USAGE for an endpoint that ud_endpoint_check_supported refuses. */
UD_MUST_CHECK enum ud_code ud_http_new(const struct ud_http_config *config, struct ud_http **ret,
                                       struct ud_error *err);
void ud_http_free(struct ud_http *http);

struct ud_http_header {
    const char *name;
    const char *value;
};

enum ud_http_shield {
    UD_HTTP_CANCELLABLE = 0,
    /* Goes on after a cancel request for at most 10 s: what changes the engine's
     * state shortly, so that we know whether it did. Not begun after one. */
    UD_HTTP_FINISH,
    /* As UD_HTTP_FINISH, and may begin after a cancel request: cleanup. */
    UD_HTTP_CLEANUP
};

struct ud_http_request {
    const char *method;
    const char *url;          /* engine: path and query, "/v1.41/info"; web: all of it */
    const char *content_type; /* NULL: octet-stream for a source, else JSON */
    const struct ud_http_header *headers; /* more of them */
    size_t header_count;
    const void *body; /* in memory, body_len bytes; copied by nobody: keep until done */
    size_t body_len;
    struct ud_source source; /* instead of body when source.read is set; waits for 100-continue */
    struct ud_sink sink; /* takes the body of a 2xx answer; without one it goes to the response */
    size_t body_max;     /* of a 2xx answer without sink; 0: 8 MiB. More is UD_ERR_PROTOCOL */
    unsigned timeout_ms; /* for all of it; 0: none */
    unsigned stall_s;    /* give up when not a byte moves for so long; 0: never */
    enum ud_http_shield shield;
};

enum {
    UD_HTTP_ERROR_BODY_MAX = 64 * 1024
}; /* of a body that is no 2xx answer; the rest is dropped */

struct ud_http_response {
    int status;
    struct ud_strv headers; /* "Name: value", of the last answer */
    struct ud_buf body;     /* see sink and body_max above */
};

void ud_http_response_done(struct ud_http_response *response);

/* The first header of that name (any case), borrowed, or NULL. */
const char *ud_http_response_header(const struct ud_http_response *response, const char *name);

/* Begins a request; no byte is sent before the first await. url, headers and
 * content_type are copied; body, source.ctx and sink.ctx must live until the
 * transfer is freed. */
UD_MUST_CHECK enum ud_code ud_http_start(struct ud_http *http,
                                         const struct ud_http_request *request,
                                         struct ud_http_transfer **ret, struct ud_error *err);

/* Waits until the answer's header is complete. */
UD_MUST_CHECK enum ud_code ud_http_await_headers(struct ud_http_transfer *transfer, int *ret_status,
                                                 struct ud_error *err);

/* Whether it has ended, so that ud_http_await_done would not wait. */
bool ud_http_is_done(const struct ud_http_transfer *transfer);

/* The length the answer's header announced, 0 when unknown. */
uint64_t ud_http_content_length(const struct ud_http_transfer *transfer);

/* Waits for the end. UD_OK for every complete answer, whatever its status.
 * Errors of an engine: UD_ERR_UNREACHABLE (with reason and remedy; also when no
 * answer began within timeout_ms), UD_ERR_ENGINE (an answer that stalled or took
 * too long), UD_ERR_PROTOCOL (not HTTP, truncated). Of a server of the web all of
 * these are UD_ERR_SOURCE. Of both: UD_ERR_PROTOCOL (a body over body_max),
 * UD_ERR_INTERRUPTED, or what a source or sink returned. *ret is filled on UD_OK
 * only. */
UD_MUST_CHECK enum ud_code ud_http_await_done(struct ud_http_transfer *transfer,
                                              struct ud_http_response *ret, struct ud_error *err);

/* Ends the transfer where it is. NULL is allowed. Free all before ud_http_free. */
void ud_http_transfer_free(struct ud_http_transfer *transfer);

/* Waits so long while transfers go on; UD_ERR_INTERRUPTED at a cancel request. */
UD_MUST_CHECK enum ud_code ud_http_pause(struct ud_http *http, unsigned ms, struct ud_error *err);

/* After a failure of the first request: whether the engine may be reached in another way, which is
 * taken from now on. Over ssh there are several programs that may do at the other end. */
bool ud_http_other_way(struct ud_http *http);

/* Whether the last connection to the engine failed for want of permission. */
bool ud_http_denied(const struct ud_http *http);

/* Start, await_done and free in one. */
UD_MUST_CHECK enum ud_code ud_http_perform(struct ud_http *http,
                                           const struct ud_http_request *request,
                                           struct ud_http_response *ret, struct ud_error *err);

#endif
