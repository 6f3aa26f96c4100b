#include "duplex_internal.h"

#include <stdlib.h>
#include <string.h>

#include "head.h"
#include "platform/host.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

enum { REQUEST_MAX = 256 * 1024 };

/* The origin is "http://host:port/base". */
static void put_request(struct ud_buf *out, const struct ud_http *http, const char *url,
                        const char *body)
{
    const char *host = strstr(http->origin, "://") + 3;
    size_t host_len = strcspn(host, "/");
    ud_buf_addf(out,
                "POST %s%s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: usbipd-desktop\r\n"
                "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n"
                "Content-Length: %zu\r\n\r\n%s",
                host + host_len, url, (int)host_len, host, strlen(body), body);
}

static enum ud_code duplex_open_send_all(struct ud_duplex *d, const struct ud_buf *data,
                                         struct ud_error *err)
{
    size_t at = 0;
    while (at < data->len && !d->sent_all) {
        size_t n = 0;
        UD_TRY(ud_duplex_send(d, data->data + at, data->len - at, &n, err));
        at += n;
        if (at < data->len) {
            UD_TRY(ud_duplex_wait(d, true, UD_PATIENCE_SOCKET_MS, err));
        }
    }
    return UD_OK;
}

static enum ud_code read_head(struct ud_duplex *d, struct ud_head *head, struct ud_error *err)
{
    while (!head->done) {
        char piece[4096];
        size_t n = 0;
        size_t used = 0;
        bool end = false;
        UD_TRY(ud_duplex_recv(d, piece, sizeof piece, &n, &end, err));
        if (end) {
            return ud_http_explain(d->t, CURLE_GOT_NOTHING, err);
        }
        if (ud_head_feed(head, piece, n, &used, err) != UD_OK) {
            ud_error_prefix(err, "POST %s", d->t->shown);
            return UD_ERR_PROTOCOL;
        }
        ud_buf_add(&d->early, piece + used, n - used);
        if (n == 0) {
            UD_TRY(ud_duplex_wait(d, false, UD_PATIENCE_SOCKET_MS, err));
        }
    }
    return UD_OK;
}

/* Adds to the body that is in d->early; *ret_more: it may go on. */
static enum ud_code read_more(struct ud_duplex *d, uint64_t deadline, bool *ret_more,
                              struct ud_error *err)
{
    char piece[4096];
    size_t n = 0;
    bool end = false;
    UD_TRY(ud_duplex_recv_socket(d, piece, sizeof piece, &n, &end, err));
    ud_buf_add(&d->early, piece, n);
    *ret_more = !end && !d->early.overflow && ud_host_now_ms() < deadline;
    if (*ret_more && n == 0) {
        return ud_duplex_wait(d, false, UD_PATIENCE_REFUSAL_POLL_MS, err);
    }
    return UD_OK;
}

/* The body of an answer that is no stream, as far as a message needs it: the
 * engine may keep the connection open after it. */
static enum ud_code read_refusal(struct ud_duplex *d, struct ud_http_response *answer,
                                 struct ud_error *err)
{
    const char *length = ud_http_response_header(answer, "Content-Length");
    bool chunked = ud_http_response_header(answer, "Transfer-Encoding") != NULL;
    uint64_t deadline = ud_host_now_ms() + UD_PATIENCE_REFUSAL_MS;
    uint64_t wanted = 0;
    bool counted = !chunked && length != NULL && ud_str_to_u64(length, &wanted);
    bool more = answer->status != 204 && answer->status != 304;
    while (more) {
        bool whole = counted && d->early.len >= wanted;
        if (chunked) {
            ud_buf_clear(&answer->body);
            ud_buf_add(&answer->body, d->early.data, d->early.len);
            answer->body.len = ud_head_unchunk(answer->body.data, answer->body.len, &whole);
            answer->body.data[answer->body.len] = '\0';
        }
        if (whole) {
            break;
        }
        UD_TRY(read_more(d, deadline, &more, err));
    }
    if (!chunked) {
        ud_buf_add(&answer->body, d->early.data, d->early.len);
    }
    return UD_OK;
}

/* An engine that knows no upgrade answers 200 and streams all the same; a proxy
 * that re-packs the answer does not carry our side of it. */
static bool is_stream(const struct ud_http_response *answer)
{
    const char *type = ud_http_response_header(answer, "Content-Type");
    if (answer->status == 101) {
        return true;
    }
    return answer->status == 200 && type != NULL &&
           ud_http_response_header(answer, "Transfer-Encoding") == NULL &&
           (ud_str_starts(type, "application/vnd.docker.raw-stream") ||
            ud_str_starts(type, "application/vnd.docker.multiplexed-stream"));
}

static enum ud_code duplex_open_talk(struct ud_duplex *d, const struct ud_buf *request,
                                     struct ud_http_response *answer, bool *ret_stream,
                                     struct ud_error *err)
{
    struct ud_head head;
    ud_head_init(&head);
    enum ud_code rc = duplex_open_send_all(d, request, err);
    if (rc == UD_OK) {
        rc = read_head(d, &head, err);
    }
    if (rc == UD_OK) {
        answer->status = head.status;
        answer->headers = head.headers;
        head.headers = (struct ud_strv){0};
        d->t->response.status = head.status;
        d->t->headers_done = true;
        ud_http_tell(d->t);
        *ret_stream = is_stream(answer);
    }
    if (rc == UD_OK && !*ret_stream) {
        rc = read_refusal(d, answer, err);
    }
    ud_head_done(&head);
    return rc;
}

static enum ud_code connect_to(struct ud_http *http, const char *url, struct ud_duplex *d,
                               struct ud_error *err)
{
    const struct ud_http_request request = {.method = "POST", .url = url};
    UD_TRY(ud_http_begin(http, &request, true, &d->t, err));
    UD_TRY(ud_http_drive(d->t, false, err));
    UD_TRY(ud_http_outcome(d->t, err));
    if (curl_easy_getinfo(d->t->easy, CURLINFO_ACTIVESOCKET, &d->socket) != CURLE_OK ||
        d->socket == CURL_SOCKET_BAD) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl lost the connection that it made");
    }
    return UD_OK;
}

enum ud_code ud_duplex_open(struct ud_http *http, const char *url, const char *body,
                            struct ud_duplex **ret, struct ud_http_response *ret_answer,
                            struct ud_error *err)
{
    struct ud_duplex *d = ud_alloc(1, sizeof *d);
    struct ud_http_response answer = {0};
    struct ud_buf request;
    bool stream = false;
    ud_buf_init(&d->early, UD_HTTP_ERROR_BODY_MAX);
    ud_buf_init(&answer.body, UD_HTTP_ERROR_BODY_MAX);
    ud_buf_init(&request, REQUEST_MAX);
    put_request(&request, http, url, body != NULL ? body : "");
    enum ud_code rc = ud_buf_check(&request, "the request", err);
    if (rc == UD_OK) {
        rc = connect_to(http, url, d, err);
    }
    if (rc == UD_OK) {
        rc = duplex_open_talk(d, &request, &answer, &stream, err);
    }
    ud_buf_done(&request);
    if (rc != UD_OK || !stream) {
        ud_duplex_free(d);
        d = NULL;
    }
    if (rc != UD_OK) {
        ud_http_response_done(&answer);
        return rc;
    }
    *ret = d;
    *ret_answer = answer;
    return UD_OK;
}
