#include "requests.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool ends_with(const struct requests *r, const char *end)
{
    size_t n = strlen(end);
    return r->len >= n && memcmp(r->text + r->len - n, end, n) == 0;
}

/* The value of a header field, or NULL. */
static const char *field(const char *header, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = strstr(header, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, n) == 0 && line[n] == ':') {
            return line + n + 1 + strspn(line + n + 1, " ");
        }
    }
    return NULL;
}

static void begin_body(struct requests *r)
{
    const char *length = field(r->text, "Content-Length");
    const char *coding = field(r->text, "Transfer-Encoding");
    r->left = length != NULL ? strtoull(length, NULL, 10) : 0;
    if (coding != NULL && strncasecmp(coding, "chunked", 7) == 0) {
        r->state = REQUESTS_CHUNK_SIZE;
    } else {
        r->state = r->left > 0 ? REQUESTS_BODY : REQUESTS_HEADER;
    }
}

static void end_header(struct requests *r, requests_begin *begin, void *ctx)
{
    begin_body(r);
    *strstr(r->text, "\r\n") = '\0';
    r->answer_due = true;
    begin(ctx, r->text);
}

/* "1a3f;extension"; a last chunk of 0 is followed by trailers. */
static void end_chunk_size(struct requests *r)
{
    unsigned long long size = strtoull(r->text, NULL, 16);
    r->left = size + 2;
    r->state = size > 0 ? REQUESTS_CHUNK : REQUESTS_TRAILER;
}

/* Takes one byte of a header or line. */
static bool add_text(struct requests *r, char c, requests_begin *begin, void *ctx)
{
    if (r->len + 1 >= sizeof r->text) {
        return false;
    }
    r->text[r->len++] = c;
    r->text[r->len] = '\0';
    if (!ends_with(r, r->state == REQUESTS_HEADER ? "\r\n\r\n" : "\r\n")) {
        return true;
    }
    if (r->state == REQUESTS_HEADER) {
        end_header(r, begin, ctx);
    } else if (r->state == REQUESTS_CHUNK_SIZE) {
        end_chunk_size(r);
    } else if (r->len == 2) {
        r->state = REQUESTS_HEADER;
    }
    r->len = 0;
    return true;
}

bool requests_feed(struct requests *r, const char *data, size_t len, requests_begin *begin,
                   void *ctx)
{
    while (len > 0 && r->state != REQUESTS_RAW) {
        size_t used = 1;
        if (r->state == REQUESTS_BODY || r->state == REQUESTS_CHUNK) {
            used = r->left < len ? (size_t)r->left : len;
            r->left -= used;
            if (r->left == 0) {
                r->state = r->state == REQUESTS_BODY ? REQUESTS_HEADER : REQUESTS_CHUNK_SIZE;
            }
        } else if (!add_text(r, *data, begin, ctx)) {
            return false;
        }
        data += used;
        len -= used;
    }
    return true;
}

/* The header is whole. Whether it is the answer's proper. */
static bool end_answer(struct answers *a, struct requests *requests)
{
    const char *status = strchr(a->text, ' ');
    int code = status != NULL ? atoi(status + 1) : 0;
    a->len = 0;
    if (code == 100) {
        return false;
    }
    requests->answer_due = false;
    if (code == 101) {
        requests->state = REQUESTS_RAW;
    }
    return true;
}

bool answers_feed(struct answers *a, struct requests *requests, const char *data, size_t len)
{
    bool complete = false;
    for (size_t i = 0; i < len && requests->answer_due; i++) {
        if (a->len + 1 >= sizeof a->text) {
            a->len = 0; /* no header is as long: it will not be found */
        }
        a->text[a->len++] = data[i];
        a->text[a->len] = '\0';
        if (a->len >= 4 && memcmp(a->text + a->len - 4, "\r\n\r\n", 4) == 0) {
            complete = end_answer(a, requests) || complete;
        }
    }
    return complete;
}
