#include "http_internal.h"

#include <stdlib.h>
#include <string.h>

#include "transport/http.h"
#include "util/mem.h"
#include "util/str.h"

enum { HEADER_BYTES_MAX = 64 * 1024 };

static int status_of(const struct ud_http_transfer *t)
{
    long status = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

/* Keeps the first error: what libcurl says afterwards is only that we stopped it. */
static void http_callbacks_keep(struct ud_http_transfer *t, enum ud_code rc,
                                const struct ud_error *why)
{
    if (t->rc == UD_OK) {
        t->rc = rc;
        t->error = *why;
    }
}

/* libcurl calls this for each line, of interim answers and redirects too. */
static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
    struct ud_http_transfer *t = arg;
    struct ud_slice line = ud_slice_trim((struct ud_slice){data, size * count});
    ud_http_pulse_heard(t->http);
    while (line.len > 0 && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == '\n')) {
        line.len--;
    }
    if (t->headers_done) {
        return size * count; /* trailers */
    }
    if (ud_slice_starts(line, "HTTP/")) {
        ud_strv_done(&t->response.headers);
        t->response.headers = (struct ud_strv){0};
        t->header_bytes = 0;
        return size * count;
    }
    if (line.len > 0) {
        t->header_bytes += line.len;
        if (t->header_bytes <= HEADER_BYTES_MAX) {
            ud_strv_addn(&t->response.headers, line.ptr, line.len);
        }
        return size * count;
    }
    int status = status_of(t);
    bool redirect = t->http->web && status >= 300 && status < 400 &&
                    ud_http_response_header(&t->response, "Location") != NULL;
    if (status >= 200 && !redirect) {
        t->response.status = status;
        t->headers_done = true;
    }
    return size * count;
}

static enum ud_code take_body(struct ud_http_transfer *t, const char *data, size_t len,
                              struct ud_error *err)
{
    int status = status_of(t);
    if (status >= 200 && status < 300) {
        if (t->sink.write != NULL) {
            return ud_sink_write(&t->sink, data, len, err);
        }
        ud_buf_add(&t->response.body, data, len);
        return ud_buf_check(&t->response.body, t->shown, err);
    }
    size_t room = UD_HTTP_ERROR_BODY_MAX - t->response.body.len;
    t->cut = len > room;
    ud_buf_add(&t->response.body, data, t->cut ? room : len);
    return UD_OK;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct ud_http_transfer *t = arg;
    struct ud_error why = {0};
    ud_http_pulse_heard(t->http);
    enum ud_code rc = take_body(t, data, size * count, &why);
    if (rc != UD_OK) {
        http_callbacks_keep(t, rc, &why);
    }
    /* Anything but the full count ends the transfer. */
    return rc != UD_OK || t->cut ? CURL_WRITEFUNC_ERROR : size * count;
}

static size_t http_callbacks_on_read(char *dst, size_t size, size_t count, void *arg)
{
    struct ud_http_transfer *t = arg;
    struct ud_error why = {0};
    size_t len = 0;
    enum ud_code rc = t->source.read(t->source.ctx, dst, size * count, &len, &why);
    if (rc != UD_OK) {
        http_callbacks_keep(t, rc, &why);
        return CURL_READFUNC_ABORT;
    }
    return len;
}

void ud_http_set_callbacks(struct ud_http_transfer *t)
{
    (void)curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    (void)curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    if (t->source.read != NULL) {
        (void)curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, http_callbacks_on_read);
        (void)curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
    }
}

void ud_http_response_done(struct ud_http_response *response)
{
    if (response == NULL) {
        return;
    }
    ud_strv_done(&response->headers);
    if (response->body.data != NULL) {
        ud_buf_done(&response->body);
    }
    *response = (struct ud_http_response){0};
}

const char *ud_http_response_header(const struct ud_http_response *response, const char *name)
{
    for (size_t i = 0; i < response->headers.len; i++) {
        const char *line = response->headers.items[i];
        const char *colon = strchr(line, ':');
        if (colon == NULL || (size_t)(colon - line) != strlen(name)) {
            continue;
        }
        char *key = ud_strndup(line, (size_t)(colon - line));
        bool same = ud_str_equal_nocase(key, name);
        free(key);
        if (same) {
            return colon + 1 + strspn(colon + 1, " \t");
        }
    }
    return NULL;
}
