#include "http_internal.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

enum { RECEIVE_BYTES = 64 * 1024, SEND_BYTES = 256 * 1024 };

static void set_long(struct ud_http_transfer *t, CURLoption option, long value)
{
    (void)curl_easy_setopt(t->easy, option, value);
}

/* Never fails but for want of memory, or for an option this libcurl was built
 * without, which the transfer's own error then shows. */
static void set_text(struct ud_http_transfer *t, CURLoption option, const char *value)
{
    (void)curl_easy_setopt(t->easy, option, value);
}

static void http_setup_add_header(struct ud_http_transfer *t, const char *name, const char *value)
{
    /* libcurl sends "Name;" as an empty header and drops "Name:". */
    char *line = ud_strf(value[0] != '\0' ? "%s: %s" : "%s:%s", name, value);
    struct curl_slist *longer = curl_slist_append(t->slist, line);
    if (longer != NULL) {
        t->slist = longer;
    }
    free(line);
}

static bool has_line_end(const char *text)
{
    return strpbrk(text, "\r\n") != NULL;
}

static enum ud_code check_request(const struct ud_http_request *request, struct ud_error *err)
{
    bool bad = has_line_end(request->url) || has_line_end(request->method) ||
               strchr(request->url, ' ') != NULL;
    for (size_t i = 0; i < request->header_count; i++) {
        bad = bad || has_line_end(request->headers[i].name) ||
              has_line_end(request->headers[i].value);
    }
    if (bad) {
        return ud_fail(err, UD_ERR_USAGE, NULL,
                       "a request cannot be made of a text with spaces or line ends");
    }
    return UD_OK;
}

/* The default of a POST without Content-Type makes the engine parse a tar as
 * a form, and a POST without a length is refused by /start. */
static void set_method(struct ud_http_transfer *t, const struct ud_http_request *request)
{
    bool is_get = strcmp(request->method, "GET") == 0;
    bool is_head = strcmp(request->method, "HEAD") == 0;
    if (is_head) {
        set_long(t, CURLOPT_NOBODY, 1);
        return;
    }
    if (is_get && request->source.read == NULL) {
        set_long(t, CURLOPT_HTTPGET, 1);
        return;
    }
    bool stream = request->source.read != NULL;
    bool bodyless = strcmp(request->method, "DELETE") == 0 && !stream && request->body == NULL;
    if (stream) {
        set_long(t, CURLOPT_UPLOAD, 1);
        curl_off_t size = request->source.size >= 0 ? (curl_off_t)request->source.size : -1;
        (void)curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, size);
        http_setup_add_header(t, "Expect", "100-continue");
        set_long(t, CURLOPT_EXPECT_100_TIMEOUT_MS, UD_PATIENCE_EXPECT_MS);
    } else if (!bodyless) {
        (void)curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                               (curl_off_t)(request->body != NULL ? request->body_len : 0));
        (void)curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS,
                               request->body != NULL ? request->body : "");
        http_setup_add_header(t, "Expect", "");
    }
    set_text(t, CURLOPT_CUSTOMREQUEST, request->method);
    if (!bodyless) {
        /* /commit and /start refuse an empty body that is not called JSON. */
        const char *usual = stream ? "application/octet-stream" : "application/json";
        http_setup_add_header(t, "Content-Type",
                              request->content_type != NULL ? request->content_type : usual);
    }
    /* On a connection that the engine is closing, libcurl would send the
     * request twice: harmless for GET only. */
    set_long(t, CURLOPT_FRESH_CONNECT, 1);
}

static void set_engine(struct ud_http_transfer *t)
{
    const struct ud_endpoint *ep = &t->http->endpoint;
    set_text(t, CURLOPT_PROTOCOLS_STR, "http,https");
    set_text(t, CURLOPT_NOPROXY, "*");
    if (ep->kind == UD_ENDPOINT_UNIX) {
        set_text(t, CURLOPT_UNIX_SOCKET_PATH, ep->path);
    } else if (ep->kind == UD_ENDPOINT_NPIPE || ep->kind == UD_ENDPOINT_SSH) {
        ud_http_set_bridge(t);
    }
    set_long(t, CURLOPT_PATH_AS_IS, 1);
    set_long(t, CURLOPT_TCP_KEEPALIVE, 1);
    if (ep->tls) {
        set_long(t, CURLOPT_SSL_VERIFYPEER, ep->tls_verify ? 1 : 0);
        set_long(t, CURLOPT_SSL_VERIFYHOST, ep->tls_verify ? 2 : 0);
    }
    if (ep->cert_file != NULL && ep->key_file != NULL) {
        set_text(t, CURLOPT_SSLCERT, ep->cert_file);
        set_text(t, CURLOPT_SSLKEY, ep->key_file);
    }
}

static void set_web(struct ud_http_transfer *t, const char *url)
{
    set_text(t, CURLOPT_PROTOCOLS_STR, "http,https");
    set_text(t, CURLOPT_REDIR_PROTOCOLS_STR, ud_str_starts(url, "https:") ? "https" : "http,https");
    set_long(t, CURLOPT_FOLLOWLOCATION, 1);
    set_long(t, CURLOPT_MAXREDIRS, 10);
    set_long(t, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
}

static void set_authorities(struct ud_http_transfer *t)
{
    const struct ud_buf *all = &t->http->authorities;
    if (all->len > 0) {
        struct curl_blob blob = {.data = all->data, .len = all->len, .flags = CURL_BLOB_NOCOPY};
        (void)curl_easy_setopt(t->easy, CURLOPT_CAINFO_BLOB, &blob);
        (void)curl_easy_setopt(t->easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
    }
}

/* For servers of the web, and for a proxy that speaks TLS itself. */
static void set_trust(struct ud_http_transfer *t)
{
    const struct ud_host_trust *trust = &t->http->trust;
    set_text(t, CURLOPT_CAINFO, trust->file);
    set_text(t, CURLOPT_CAPATH, trust->dir);
    set_text(t, CURLOPT_PROXY_CAINFO, trust->file);
    set_text(t, CURLOPT_PROXY_CAPATH, trust->dir);
    set_authorities(t); /* instead of the file */
}

static void set_common(struct ud_http_transfer *t)
{
    if (t->http->endpoint.ca_file != NULL) {
        set_text(t, CURLOPT_CAINFO, t->http->endpoint.ca_file);
    } else {
        set_trust(t);
    }
    set_text(t, CURLOPT_USERAGENT, "usbipd-desktop");
    set_long(t, CURLOPT_NOSIGNAL, 1);
    set_long(t, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    set_long(t, CURLOPT_CONNECTTIMEOUT_MS, (long)t->http->connect_timeout_ms);
    set_long(t, CURLOPT_BUFFERSIZE, RECEIVE_BYTES);
    set_long(t, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BYTES);
    if (t->stall_s > 0) {
        set_long(t, CURLOPT_LOW_SPEED_LIMIT, 1);
        set_long(t, CURLOPT_LOW_SPEED_TIME, (long)t->stall_s);
    }
    (void)curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->curl_error);
    (void)curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
}

enum ud_code ud_http_setup(struct ud_http_transfer *t, const struct ud_http_request *request,
                           struct ud_error *err)
{
    UD_TRY(check_request(request, err));
    char *url = ud_strf("%s%s", t->http->origin, request->url);
    set_text(t, CURLOPT_URL, url);
    if (t->http->web) {
        set_web(t, url);
    } else {
        set_engine(t);
    }
    enum ud_code rc = ud_http_check_trust(t, url, err);
    free(url);
    if (rc != UD_OK) {
        return rc;
    }
    set_common(t);
    set_method(t, request);
    for (size_t i = 0; i < request->header_count; i++) {
        http_setup_add_header(t, request->headers[i].name, request->headers[i].value);
    }
    (void)curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->slist);
    set_long(t, CURLOPT_CONNECT_ONLY, t->connect_only ? 1 : 0);
    ud_http_set_callbacks(t);
    return UD_OK;
}
