/* What the files of the HTTP client share. */
#ifndef TRANSPORT_HTTP_INTERNAL_H
#define TRANSPORT_HTTP_INTERNAL_H

#include <curl/curl.h>

#include "platform/host.h"
#include "transport/http.h"

#define UD_HTTP_CLIENT_REMEDY                                                                      \
    "Give cert.pem and key.pem in DOCKER_CERT_PATH or in the context if the engine wants a "       \
    "client certificate."

struct ud_http_bridge;

struct ud_http {
    CURLM *multi;
    bool web;
    struct ud_endpoint endpoint; /* zeroed for the web */
    char *origin;               /* what comes before the path: "http://localhost"; "" for the web */
    struct ud_host_trust trust; /* where no ca.pem was named */
    const char *ca_file;        /* of the configuration, or NULL */
    struct ud_buf authorities;  /* trust.file's and ca_file's, where there is a ca_file */
    struct ud_cancel *cancel;
    const struct ud_report *report;
    unsigned connect_timeout_ms;
    bool denied;
    uint64_t cancelled_at; /* when a cancel request was noticed; 0: not yet */
    unsigned silence_ms;
    uint64_t heard_at;              /* when the last byte came, or the last request began */
    uint64_t silent_at;             /* when the engine was found to be silent; 0: it is not */
    struct ud_http_transfer *pulse; /* asks whether it is; also in the list of transfers */
    struct ud_http_transfer *first;
    struct ud_http_bridge *bridges; /* of the connections to a named pipe, or over ssh */
    size_t way;                     /* over ssh: how to go on at the other end */
    bool other_way;                 /* that is not there, and another can be tried */
    char *control_path;             /* of ssh, or NULL; */
    bool control_path_known;        /* once it was looked for */
};

struct ud_http_transfer {
    struct ud_http *http;
    struct ud_http_transfer *next;
    CURL *easy;
    struct curl_slist *slist;
    char curl_error[CURL_ERROR_SIZE];
    char *method;
    char *shown; /* the URL as messages show it */
    struct ud_source source;
    struct ud_sink sink;
    unsigned timeout_ms;
    unsigned stall_s;
    enum ud_http_shield shield;
    uint64_t started;
    struct ud_http_response response;
    size_t header_bytes;
    bool headers_done;
    bool cut;          /* a body that is no 2xx answer reached its cap */
    bool broke_off;    /* the other side fell silent or left; another try may fare better */
    bool connect_only; /* for duplex.c: libcurl makes the connection and no request */
    bool connected;    /* and has made it */
    bool done;
    enum ud_code rc; /* valid when done, or as soon as a callback failed */
    struct ud_error error;
    struct ud_error bridge_error; /* of the connection by a bridge; code UD_OK: none */
};

/* http.c: as ud_http_start. */
UD_MUST_CHECK enum ud_code ud_http_begin(struct ud_http *http,
                                         const struct ud_http_request *request, bool connect_only,
                                         struct ud_http_transfer **ret, struct ud_error *err);

/* http.c: the transfer's own code and error. */
UD_MUST_CHECK enum ud_code ud_http_outcome(const struct ud_http_transfer *t, struct ud_error *err);

/* http_setup.c: everything libcurl has to know about one request. */
UD_MUST_CHECK enum ud_code ud_http_setup(struct ud_http_transfer *t,
                                         const struct ud_http_request *request,
                                         struct ud_error *err);

/* http_callbacks.c: hangs the callbacks into t->easy. */
void ud_http_set_callbacks(struct ud_http_transfer *t);

/* http_drive.c: runs all transfers until t is done, or has its headers if they
 * suffice. An error is one of the machinery; the transfer's own is in t->rc. */
UD_MUST_CHECK enum ud_code ud_http_drive(struct ud_http_transfer *t, bool headers_suffice,
                                         struct ud_error *err);

/* http_bridge.c: connections of t go to the named pipe, or over ssh to the host, of its endpoint;
 * forget when t goes. The error is why such a connection, opened for t, failed. */
void ud_http_set_bridge(struct ud_http_transfer *t);
bool ud_http_bridge_error(struct ud_http_transfer *t, struct ud_error *ret);
void ud_http_bridge_forget(const struct ud_http_transfer *t);

/* http_drive.c: one turn for all transfers, ending those that may not go on;
 * *ret_wait is how many ms they may then be left alone. */
UD_MUST_CHECK enum ud_code ud_http_turn(struct ud_http *http, int *ret_wait, struct ud_error *err);

/* http_drive.c: the debug line of a request that has its status. */
void ud_http_tell(const struct ud_http_transfer *t);

/* http_drive.c: what a transfer's end is, however it came. */
void ud_http_end(struct ud_http_transfer *t);

/* http_pulse.c: a byte has come. */
void ud_http_pulse_heard(struct ud_http *http);
/* http_pulse.c: a request begins, whose own limits count from now. */
void ud_http_pulse_restart(struct ud_http *http);
/* http_pulse.c: asks an engine that has been silent for long, and ends all that waits for one that
 * does not answer. */
void ud_http_pulse_step(struct ud_http *http, uint64_t now);

/* http_error.c: what became of a transfer, told with remedy. */
UD_MUST_CHECK enum ud_code ud_http_explain(struct ud_http_transfer *t, CURLcode code,
                                           struct ud_error *err);
UD_MUST_CHECK enum ud_code ud_http_explain_timeout(struct ud_http_transfer *t, uint64_t waited_ms,
                                                   struct ud_error *err);

/* http_error.c: that the engine fell silent; why is what became of the request that asked it. */
UD_MUST_CHECK enum ud_code ud_http_explain_silence(const struct ud_error *why,
                                                   struct ud_error *err);

/* http_error.c: "cannot reach WHO: reason"; the code is UD_ERR_UNREACHABLE, and UD_ERR_SOURCE
 * for the web. */
UD_MUST_CHECK enum ud_code ud_http_cannot_reach(const struct ud_http_transfer *t,
                                                const char *remedy, const char *reason,
                                                struct ud_error *err);

/* http_tls.c: the same for what went wrong with TLS. says is libcurl's text for it. */
UD_MUST_CHECK enum ud_code ud_http_explain_tls(const struct ud_http_transfer *t, CURLcode code,
                                               const char *says, struct ud_error *err);

/* http_tls.c: whether says is how libcurl tells that the other side refused in TLS' own words,
 * which with TLS 1.3 comes after the handshake. */
bool ud_http_tls_refused(const char *says);

/* http_tls.c: fails where a certificate is to be checked and nothing is known to check it with. */
UD_MUST_CHECK enum ud_code ud_http_check_trust(const struct ud_http_transfer *t, const char *url,
                                               struct ud_error *err);

#endif
