#include "http_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "platform/host.h"
#include "platform/pipe.h"
#include "platform/socket.h"
#include "transport/url.h"
#include "util/mem.h"

#define SSH_REMEDY "Install ssh, or forward the engine's socket to this machine by other means."
#define START_REMEDY "Start the engine, or name another with --host or --context."
#define NETWORK_REMEDY "Check the network connection and the proxy settings."
#define STALL_REMEDY                                                                               \
    "See with `docker info` whether the engine still answers; restart it if it does not."
#define RELATIVE_REMEDY                                                                            \
    "With two slashes the path begins in the working directory: write three for one from the "     \
    "root, "                                                                                       \
    "unix:///path/to/docker.sock."

/* "the engine at unix:///var/run/docker.sock (DOCKER_HOST)", or the web's URL. */
static char *http_error_who(const struct ud_http_transfer *t)
{
    const struct ud_endpoint *ep = &t->http->endpoint;
    if (t->http->web) {
        return ud_strdup(t->shown);
    }
    return ep->origin != NULL ? ud_strf("the engine at %s (%s)", ep->text, ep->origin)
                              : ud_strf("the engine at %s", ep->text);
}

/* Of an engine the code tells what failed; of the web that nothing can be had from there. */
static enum ud_code http_error_code(const struct ud_http_transfer *t, enum ud_code of_engine)
{
    return t->http->web ? UD_ERR_SOURCE : of_engine;
}

enum ud_code ud_http_cannot_reach(const struct ud_http_transfer *t, const char *remedy,
                                  const char *reason, struct ud_error *err)
{
    char *name = http_error_who(t);
    enum ud_code rc = ud_fail(err, http_error_code(t, UD_ERR_UNREACHABLE), remedy,
                              "cannot reach %s: %s", name, reason);
    free(name);
    return rc;
}

/* The remedy is one for an engine; the web has its own. */
static enum ud_code cannot_reach(const struct ud_http_transfer *t, const char *remedy,
                                 const char *reason, struct ud_error *err)
{
    return ud_http_cannot_reach(t, t->http->web ? NETWORK_REMEDY : remedy, reason, err);
}

static enum ud_code bad_answer(const struct ud_http_transfer *t, enum ud_code code,
                               const char *remedy, const char *reason, struct ud_error *err)
{
    char *name = http_error_who(t);
    enum ud_code rc = ud_fail(err, http_error_code(t, code), t->http->web ? NETWORK_REMEDY : remedy,
                              "%s %s: %s of %s", t->method, t->shown, reason, name);
    free(name);
    return rc;
}

/* libcurl's own text, in new memory: some end in a newline, and some quote what the
 * other side sent. Of a proxy that it cannot use it quotes all, the password too. */
static char *curl_says(const struct ud_http_transfer *t, CURLcode code)
{
    const char *text = t->curl_error[0] != '\0' ? t->curl_error : curl_easy_strerror(code);
    if (strstr(text, "proxy") != NULL && strchr(text, '\'') != NULL) {
        return ud_strdup("the address of the proxy (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) is not "
                         "one that can be used");
    }
    char *line = ud_strndup(text, strcspn(text, "\r\n"));
    char *says = ud_url_redact_text(line);
    free(line);
    return says;
}

/* Who may open the socket is its own matter: its group need not be called docker. */
static enum ud_code not_permitted(struct ud_http_transfer *t, struct ud_error *err)
{
    static const char *const remedies[] = {
        [UD_SOCKET_BAR_UNKNOWN] = "Run this command with sudo.%s",
        [UD_SOCKET_BAR_DIRECTORY] =
            "A directory on the way to the socket is closed to you: run this command as the user "
            "whose engine it is, or with sudo.%s",
        [UD_SOCKET_BAR_OWNER] =
            "The socket is for the user %s alone: run this command as that user "
            "(sudo), or name your own engine with --host or --context.",
        [UD_SOCKET_BAR_GROUP] =
            "Add your user to the socket's group %s (sudo usermod -aG, then log "
            "in again), or run this command with sudo.",
        [UD_SOCKET_BAR_LOGIN] = "Your user is in the socket's group %s, and this session began "
                                "before: log in again, or run newgrp first.",
    };
    char *name = NULL;
    const enum ud_socket_bar bar = ud_socket_bar(t->http->endpoint.path, &name);
    char *remedy = ud_strf(remedies[bar], name != NULL ? name : "");
    enum ud_code rc = cannot_reach(t, remedy, "permission denied", err);
    free(remedy);
    free(name);
    return rc;
}

static enum ud_code not_connected(struct ud_http_transfer *t, CURLcode code, struct ud_error *err)
{
    long os_error = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os_error);
    t->http->denied = os_error == EACCES || os_error == EPERM;
    if (t->http->endpoint.kind == UD_ENDPOINT_UNIX && !t->http->web) {
        switch (os_error) {
        case ENOENT:
        case ENOTDIR:
            return cannot_reach(t,
                                t->http->endpoint.path[0] == '/' ? START_REMEDY : RELATIVE_REMEDY,
                                "the socket does not exist", err);
        case EACCES:
        case EPERM:
            return not_permitted(t, err);
        case ECONNREFUSED:
            return cannot_reach(t, START_REMEDY, "nothing listens on the socket", err);
        default:
            break;
        }
    }
    bool by_system = t->http->endpoint.kind == UD_ENDPOINT_UNIX && os_error != 0;
    char *reason = by_system ? ud_host_error_text(os_error) : curl_says(t, code);
    enum ud_code rc = cannot_reach(t, START_REMEDY, reason, err);
    free(reason);
    return rc;
}

/* The reason and, mostly, the remedy come from the pipe or from ssh. */
static enum ud_code bridge_failed(struct ud_http_transfer *t, const struct ud_error *why,
                                  struct ud_error *err)
{
    if (t->headers_done) {
        char *reason = ud_strf("truncated answer (%s)", why->message);
        enum ud_code rc = bad_answer(t, UD_ERR_PROTOCOL, NULL, reason, err);
        free(reason);
        return rc;
    }
    t->http->denied = why->code == UD_ERR_DENIED;
    const bool no_ssh = why->code == UD_ERR_NOT_FOUND && t->http->endpoint.kind == UD_ENDPOINT_SSH;
    const char *remedy = no_ssh ? SSH_REMEDY : START_REMEDY;
    (void)!cannot_reach(t, why->remedy[0] != '\0' ? why->remedy : remedy, why->message, err);
    if (why->code == UD_ERR_NOT_FOUND && t->http->endpoint.kind == UD_ENDPOINT_NPIPE) {
        char *advice = ud_pipe_advice();
        ud_error_remedy(err, "%s %s", START_REMEDY, advice != NULL ? advice : "");
        free(advice);
    }
    return UD_ERR_UNREACHABLE;
}

static enum ud_code tls_failed(const struct ud_http_transfer *t, CURLcode code,
                               struct ud_error *err)
{
    char *says = curl_says(t, code);
    enum ud_code rc = ud_http_explain_tls(t, code, says, err);
    free(says);
    return rc;
}

static enum ud_code broke_off(struct ud_http_transfer *t, CURLcode code, struct ud_error *err)
{
    if (!t->headers_done && ud_http_tls_refused(t->curl_error)) {
        return tls_failed(t, code, err);
    }
    t->broke_off = true;
    if (t->headers_done) {
        return bad_answer(t, UD_ERR_PROTOCOL, NULL, "truncated answer", err);
    }
    if (t->http->endpoint.tls && t->http->endpoint.cert_file == NULL) {
        return cannot_reach(t, UD_HTTP_CLIENT_REMEDY,
                            "it closed the connection without an answer, and no client "
                            "certificate was given",
                            err);
    }
    return cannot_reach(t, START_REMEDY, "it closed the connection without an answer", err);
}

/* libcurl keeps two times: one to connect, one without a byte moved. */
static enum ud_code timed_out(struct ud_http_transfer *t, struct ud_error *err)
{
    curl_off_t connected = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    if (connected == 0) {
        return cannot_reach(t, START_REMEDY, "the connection timed out", err);
    }
    t->broke_off = true;
    char *reason = ud_strf("no byte moved for %u s, waiting for an answer", t->stall_s);
    enum ud_code rc = bad_answer(t, UD_ERR_ENGINE, STALL_REMEDY, reason, err);
    free(reason);
    return rc;
}

static enum ud_code other_failure(const struct ud_http_transfer *t, enum ud_code rc, CURLcode code,
                                  struct ud_error *err)
{
    char *name = http_error_who(t);
    char *says = curl_says(t, code);
    rc = rc == UD_ERR_INTERNAL ? rc : http_error_code(t, rc);
    (void)ud_fail(err, rc, NULL, "%s %s: bad answer of %s: %s", t->method, t->shown, name, says);
    free(says);
    free(name);
    return rc;
}

enum ud_code ud_http_explain(struct ud_http_transfer *t, CURLcode code, struct ud_error *err)
{
    struct ud_error why;
    if (ud_http_bridge_error(t, &why)) {
        return bridge_failed(t, &why, err);
    }
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return not_connected(t, code, err);
    case CURLE_OPERATION_TIMEDOUT:
        return timed_out(t, err);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
        return tls_failed(t, code, err);
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        return broke_off(t, code, err);
    case CURLE_READ_ERROR:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_URL_MALFORMAT:
        return other_failure(t, UD_ERR_INTERNAL, code, err);
    default:
        return other_failure(t, UD_ERR_PROTOCOL, code, err);
    }
}

enum ud_code ud_http_explain_silence(const struct ud_error *why, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_UNREACHABLE, STALL_REMEDY, "%s", why->message);
}

enum ud_code ud_http_explain_timeout(struct ud_http_transfer *t, uint64_t waited_ms,
                                     struct ud_error *err)
{
    struct ud_error why;
    if (ud_http_bridge_error(t, &why)) {
        return bridge_failed(t, &why, err);
    }
    char *reason =
        ud_strf("no complete answer within %llu s", (unsigned long long)((waited_ms + 999) / 1000));
    enum ud_code rc = t->headers_done ? bad_answer(t, UD_ERR_ENGINE, STALL_REMEDY, reason, err)
                                      : cannot_reach(t, START_REMEDY, reason, err);
    free(reason);
    return rc;
}
