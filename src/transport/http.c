#include "transport/http.h"

#include <stdlib.h>
#include <string.h>

#include "http_internal.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "transport/authorities.h"
#include "transport/url.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

enum { BODY_MAX = 8 * 1024 * 1024 };

static void http_wake(void *multi)
{
    (void)curl_multi_wakeup(multi);
}

static char *http_origin_of(const struct ud_endpoint *ep)
{
    if (ep->kind != UD_ENDPOINT_TCP) {
        return ud_strdup("http://localhost");
    }
    const char *scheme = ep->tls ? "https" : "http";
    bool ipv6 = strchr(ep->host, ':') != NULL;
    return ud_strf(ipv6 ? "%s://[%s]:%u%s" : "%s://%s:%u%s", scheme, ep->host, ep->port, ep->base);
}

/* libcurl takes one file. */
static enum ud_code http_join_authorities(struct ud_http *http, struct ud_error *err)
{
    if (http->ca_file == NULL) {
        return UD_OK;
    }
    if (http->trust.file != NULL) {
        UD_TRY(ud_fs_read(http->trust.file, &http->authorities, err));
        ud_buf_adds(&http->authorities, "\n");
    }
    return ud_authorities_read(http->ca_file, &http->authorities, err);
}

enum ud_code ud_http_new(const struct ud_http_config *config, struct ud_http **ret,
                         struct ud_error *err)
{
    if (config->endpoint != NULL) {
        UD_TRY(ud_endpoint_check_supported(config->endpoint, err));
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl cannot be initialized");
    }
    CURLM *multi = curl_multi_init();
    if (multi == NULL) {
        curl_global_cleanup();
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl cannot be initialized");
    }
    struct ud_http *http = ud_alloc(1, sizeof *http);
    http->multi = multi;
    http->web = config->endpoint == NULL;
    if (!http->web) {
        ud_endpoint_copy(config->endpoint, &http->endpoint);
    }
    http->origin = http->web ? ud_strdup("") : http_origin_of(&http->endpoint);
    ud_host_trust(&http->trust);
    ud_buf_init(&http->authorities, 2 * UD_AUTHORITIES_MAX);
    http->ca_file = config->ca_file;
    http->cancel = config->cancel;
    http->report = config->report;
    unsigned usual_ms = http->web ? UD_PATIENCE_WEB_CONNECT_MS : UD_PATIENCE_CONNECT_MS;
    http->connect_timeout_ms =
        config->connect_timeout_ms != 0 ? config->connect_timeout_ms : usual_ms;
    http->silence_ms = config->silence_ms != 0 ? config->silence_ms : UD_PATIENCE_SILENCE_MS;
    ud_cancel_watch(http->cancel, http_wake, multi);
    enum ud_code rc = http_join_authorities(http, err);
    if (rc != UD_OK) {
        ud_http_free(http);
        return rc;
    }
    *ret = http;
    return UD_OK;
}

void ud_http_free(struct ud_http *http)
{
    if (http == NULL) {
        return;
    }
    ud_cancel_unwatch(http->cancel, http->multi);
    while (http->first != NULL) {
        ud_http_transfer_free(http->first);
    }
    (void)curl_multi_cleanup(http->multi);
    ud_endpoint_done(&http->endpoint);
    free(http->origin);
    free(http->control_path);
    ud_host_trust_done(&http->trust);
    ud_buf_done(&http->authorities);
    free(http);
    curl_global_cleanup();
}

static void unlink_transfer(struct ud_http_transfer *t)
{
    struct ud_http_transfer **link = &t->http->first;
    while (*link != NULL && *link != t) {
        link = &(*link)->next;
    }
    if (*link == t) {
        *link = t->next;
    }
}

void ud_http_transfer_free(struct ud_http_transfer *t)
{
    if (t == NULL) {
        return;
    }
    unlink_transfer(t);
    if (!t->done) {
        (void)curl_multi_remove_handle(t->http->multi, t->easy);
    }
    curl_easy_cleanup(t->easy);
    ud_http_bridge_forget(t);
    curl_slist_free_all(t->slist);
    ud_http_response_done(&t->response);
    free(t->method);
    free(t->shown);
    free(t);
}

bool ud_http_denied(const struct ud_http *http)
{
    return http->denied;
}

enum ud_code ud_http_outcome(const struct ud_http_transfer *t, struct ud_error *err)
{
    if (t->rc != UD_OK && err != NULL) {
        *err = t->error;
    }
    return t->rc;
}

enum ud_code ud_http_await_headers(struct ud_http_transfer *t, int *ret_status,
                                   struct ud_error *err)
{
    UD_TRY(ud_http_drive(t, true, err));
    UD_TRY(ud_http_outcome(t, err));
    *ret_status = t->response.status;
    return UD_OK;
}

uint64_t ud_http_content_length(const struct ud_http_transfer *t)
{
    curl_off_t length = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    return t->headers_done && length > 0 ? (uint64_t)length : 0;
}

enum ud_code ud_http_await_done(struct ud_http_transfer *t, struct ud_http_response *ret,
                                struct ud_error *err)
{
    UD_TRY(ud_http_drive(t, false, err));
    UD_TRY(ud_http_outcome(t, err));
    *ret = t->response;
    t->response = (struct ud_http_response){0};
    return UD_OK;
}

/* Of a URL for the web even the parameters are secret; those for an engine are ours. */
static char *http_shown(const struct ud_http *http, const char *target)
{
    struct ud_url url;
    if (!http->web) {
        return ud_url_redact_target(target);
    }
    ud_url_init(&url, target);
    char *shown = url.shown;
    url.shown = NULL;
    ud_url_done(&url);
    return shown;
}

static void copy_request(struct ud_http_transfer *t, const struct ud_http_request *request)
{
    t->method = ud_strdup(request->method);
    t->shown = http_shown(t->http, request->url);
    t->source = request->source;
    t->sink = request->sink;
    t->timeout_ms = request->timeout_ms;
    t->stall_s = request->stall_s;
    t->shield = request->shield;
    t->started = ud_host_now_ms();
    size_t max = request->body_max != 0 ? request->body_max : BODY_MAX;
    ud_buf_init(&t->response.body, max > UD_HTTP_ERROR_BODY_MAX ? max : UD_HTTP_ERROR_BODY_MAX);
}

enum ud_code ud_http_begin(struct ud_http *http, const struct ud_http_request *request,
                           bool connect_only, struct ud_http_transfer **ret, struct ud_error *err)
{
    if (request->shield != UD_HTTP_CLEANUP) {
        UD_TRY(ud_cancel_check(http->cancel, err));
    }
    ud_http_pulse_restart(http);
    CURL *easy = curl_easy_init();
    if (easy == NULL) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl cannot begin a request");
    }
    struct ud_http_transfer *t = ud_alloc(1, sizeof *t);
    t->http = http;
    t->easy = easy;
    t->connect_only = connect_only;
    copy_request(t, request);
    enum ud_code rc = ud_http_setup(t, request, err);
    if (rc == UD_OK && curl_multi_add_handle(http->multi, easy) != CURLM_OK) {
        rc = ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl cannot begin a request");
    }
    t->next = http->first;
    http->first = t;
    if (rc != UD_OK) {
        ud_http_transfer_free(t);
        return rc;
    }
    *ret = t;
    return UD_OK;
}

enum ud_code ud_http_start(struct ud_http *http, const struct ud_http_request *request,
                           struct ud_http_transfer **ret, struct ud_error *err)
{
    return ud_http_begin(http, request, false, ret, err);
}

bool ud_http_is_done(const struct ud_http_transfer *t)
{
    return t->done;
}

enum ud_code ud_http_perform(struct ud_http *http, const struct ud_http_request *request,
                             struct ud_http_response *ret, struct ud_error *err)
{
    struct ud_http_transfer *transfer = NULL;
    UD_TRY(ud_http_start(http, request, &transfer, err));
    enum ud_code rc = ud_http_await_done(transfer, ret, err);
    ud_http_transfer_free(transfer);
    return rc;
}
