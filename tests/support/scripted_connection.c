#include "scripted_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "platform/host.h"
#include "script_place.h"
#include "util/buf.h"
#include "util/mem.h"

enum { BODY_MAX = 64 * 1024 * 1024, HEAD_MAX = 60000 };

static void sleep_ms(unsigned ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    (void)nanosleep(&t, NULL);
}

/* Waits for more bytes; false at the end of the connection. */
static bool more(struct script_connection *c)
{
    if (c->pending_len + 1 >= sizeof c->pending) {
        return false;
    }
    long n =
        script_recv(c->fd, c->pending + c->pending_len, sizeof c->pending - 1 - c->pending_len);
    if (n <= 0) {
        return false;
    }
    c->pending_len += (size_t)n;
    c->pending[c->pending_len] = '\0';
    return true;
}

static void use(struct script_connection *c, size_t len)
{
    memmove(c->pending, c->pending + len, c->pending_len - len);
    c->pending_len -= len;
    c->pending[c->pending_len] = '\0';
}

/* The request's line and headers, in new memory; NULL at the end. */
static char *read_head(struct script_connection *c)
{
    for (;;) {
        char *end = c->pending_len > 0 ? strstr(c->pending, "\r\n\r\n") : NULL;
        if (end != NULL) {
            size_t len = (size_t)(end - c->pending) + 4;
            char *head = ud_strndup(c->pending, len);
            use(c, len);
            return head;
        }
        if (!more(c)) {
            return NULL;
        }
    }
}

static const char *header(const char *head, const char *name)
{
    size_t len = strlen(name);
    for (const char *p = strstr(head, "\r\n"); p != NULL; p = strstr(p + 2, "\r\n")) {
        if (strncasecmp(p + 2, name, len) == 0 && p[2 + len] == ':') {
            return p + 2 + len + 1 + strspn(p + 2 + len + 1, " ");
        }
    }
    return NULL;
}

static bool read_exactly(struct script_connection *c, size_t len, struct ud_buf *ret)
{
    while (len > 0) {
        if (c->pending_len == 0 && !more(c)) {
            return false;
        }
        size_t part = c->pending_len < len ? c->pending_len : len;
        ud_buf_add(ret, c->pending, part);
        use(c, part);
        len -= part;
    }
    return true;
}

static bool read_chunked(struct script_connection *c, struct ud_buf *ret)
{
    for (;;) {
        char *end;
        while (c->pending_len == 0 || (end = strstr(c->pending, "\r\n")) == NULL) {
            if (!more(c)) {
                return false;
            }
        }
        size_t len = strtoul(c->pending, NULL, 16);
        use(c, (size_t)(end - c->pending) + 2);
        struct ud_buf crlf;
        ud_buf_init(&crlf, 2);
        bool ok = read_exactly(c, len, ret) && read_exactly(c, 2, &crlf);
        ud_buf_done(&crlf);
        if (!ok || len == 0) {
            return ok;
        }
    }
}

static bool read_body(struct script_connection *c, const char *head, struct ud_buf *ret)
{
    const char *encoding = header(head, "Transfer-Encoding");
    const char *length = header(head, "Content-Length");
    if (encoding != NULL && strncasecmp(encoding, "chunked", 7) == 0) {
        return read_chunked(c, ret);
    }
    return length == NULL || read_exactly(c, strtoul(length, NULL, 10), ret);
}

static const struct script_rule *match(struct scripted_engine *engine, const char *method,
                                       const char *target)
{
    const struct script_rule *found = NULL;
    pthread_mutex_lock(&engine->lock);
    for (size_t i = 0; i < engine->rule_count && found == NULL; i++) {
        const struct script_rule *rule = &engine->rules[i];
        const uint64_t now = ud_host_now_ms();
        if (engine->first_used[i] != 0 && now - engine->first_used[i] >= rule->lasts_ms) {
            engine->used[i] = engine->used[i] || rule->lasts_ms != 0;
        }
        if (!engine->used[i] && strcmp(rule->method, method) == 0 &&
            strstr(target, rule->path) != NULL) {
            engine->used[i] = !rule->forever && rule->lasts_ms == 0;
            engine->first_used[i] = engine->first_used[i] != 0 ? engine->first_used[i] : now;
            found = rule;
        }
    }
    pthread_mutex_unlock(&engine->lock);
    return found;
}

static void record(struct scripted_engine *engine, struct script_request *request)
{
    pthread_mutex_lock(&engine->lock);
    if (engine->request_count == SCRIPT_REQUESTS_MAX) {
        abort();
    }
    engine->requests[engine->request_count++] = *request;
    (void)pthread_cond_broadcast(&engine->changed);
    pthread_mutex_unlock(&engine->lock);
}

static bool send_pieces(struct script_connection *c, const struct script_rule *rule,
                        const char *data, size_t len, size_t *sent)
{
    size_t piece = rule->piece != 0 ? rule->piece : len;
    for (size_t at = 0; at < len; at += piece) {
        size_t part = len - at < piece ? len - at : piece;
        if (rule->cut_after != 0 && *sent + part > rule->cut_after) {
            part = rule->cut_after - *sent;
        }
        sleep_ms(rule->delay_ms);
        for (size_t done = 0; done < part;) {
            long n = script_send(c->fd, data + at + done, part - done);
            if (n <= 0) {
                return false;
            }
            done += (size_t)n;
        }
        *sent += part;
        if (rule->cut_after != 0 && *sent >= rule->cut_after) {
            return false;
        }
    }
    return true;
}

static void wait_until(struct scripted_engine *engine, const char *part)
{
    pthread_mutex_lock(&engine->lock);
    while (!engine->stopping && (part == NULL || script_seen_locked(engine, NULL, part) == 0)) {
        (void)pthread_cond_wait(&engine->changed, &engine->lock);
    }
    pthread_mutex_unlock(&engine->lock);
}

static void put_head(struct ud_buf *out, const struct script_rule *rule, size_t body_len)
{
    ud_buf_addf(out, "HTTP/1.1 %d Scripted\r\nContent-Type: %s\r\n",
                rule->status != 0 ? rule->status : 200,
                rule->type != NULL ? rule->type : "application/json");
    ud_buf_adds(out, rule->headers != NULL ? rule->headers : "");
    if (rule->framing == SCRIPT_LENGTH && rule->status != 304) {
        ud_buf_addf(out, "Content-Length: %zu\r\n", body_len);
    } else if (rule->framing == SCRIPT_CHUNKED) {
        ud_buf_adds(out, "Transfer-Encoding: chunked\r\n");
    }
    ud_buf_adds(out, "\r\n");
}

static void put_body(struct ud_buf *out, const struct script_rule *rule, const char *body,
                     size_t len)
{
    unsigned times = rule->repeat != 0 ? rule->repeat : 1;
    for (unsigned i = 0; i < times && len > 0; i++) {
        if (rule->framing == SCRIPT_CHUNKED) {
            ud_buf_addf(out, "%zx\r\n", len);
        }
        ud_buf_add(out, body, len);
        if (rule->framing == SCRIPT_CHUNKED) {
            ud_buf_adds(out, "\r\n");
        }
    }
    if (rule->framing == SCRIPT_CHUNKED) {
        ud_buf_adds(out, "0\r\n\r\n");
    }
}

/* What is left from reading the request comes first. */
static void echo(struct script_connection *c)
{
    while (c->pending_len > 0 || more(c)) {
        for (size_t done = 0; done < c->pending_len;) {
            long n = script_send(c->fd, c->pending + done, c->pending_len - done);
            if (n <= 0) {
                return;
            }
            done += (size_t)n;
        }
        use(c, c->pending_len);
    }
}

/* false: the connection is over. */
static bool answer(struct script_connection *c, const struct script_rule *rule, bool head_only)
{
    if (rule->drop) {
        return false;
    }
    if (rule->stall) {
        wait_until(c->engine, NULL);
        return false;
    }
    const char *body = rule->body != NULL ? rule->body : "";
    size_t len = rule->body_len != 0 ? rule->body_len : strlen(body);
    struct ud_buf out;
    size_t sent = 0;
    ud_buf_init(&out, BODY_MAX);
    if (rule->framing != SCRIPT_RAW) {
        put_head(&out, rule, len * (rule->repeat != 0 ? rule->repeat : 1));
    }
    bool going = send_pieces(c, rule, out.data, out.len, &sent);
    ud_buf_clear(&out);
    if (going && rule->after != NULL) {
        wait_until(c->engine, rule->after);
    }
    if (going && (!head_only || rule->framing == SCRIPT_RAW)) {
        put_body(&out, rule, body, len);
        going = send_pieces(c, rule, out.data, out.len, &sent);
    }
    while (going && rule->endless != NULL) {
        going = send_pieces(c, rule, rule->endless, rule->endless_len, &sent);
    }
    if (going && rule->echo) {
        echo(c);
    }
    if (going && rule->stall_body) {
        wait_until(c->engine, NULL);
    }
    ud_buf_done(&out);
    return going && rule->framing != SCRIPT_CLOSE && rule->framing != SCRIPT_RAW;
}

static bool serve_one(struct script_connection *c)
{
    static const struct script_rule unexpected = {
        .status = 599, .type = "text/plain", .body = "unexpected request"};
    struct script_request request = {.head = read_head(c)};
    if (request.head == NULL) {
        return false;
    }
    size_t method_len = strcspn(request.head, " ");
    const char *target = request.head + method_len + (request.head[method_len] == ' ');
    request.method = ud_strndup(request.head, method_len);
    request.target = ud_strndup(target, strcspn(target, " "));
    const struct script_rule *rule = match(c->engine, request.method, request.target);
    request.matched = rule != NULL;
    rule = rule != NULL ? rule : &unexpected;
    struct ud_buf body;
    ud_buf_init(&body, BODY_MAX);
    bool expects = header(request.head, "Expect") != NULL;
    bool refuse = expects && rule->status >= 400;
    bool complete = true;
    if (!refuse) {
        if (expects) {
            (void)script_send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
        }
        complete = read_body(c, request.head, &body);
    }
    request.body = ud_buf_take(&body, &request.body_len);
    ud_buf_done(&body);
    bool head_only = strcmp(request.method, "HEAD") == 0;
    record(c->engine, &request);
    return complete && answer(c, rule, head_only) && !refuse;
}

void *script_serve_connection(void *arg)
{
    struct script_connection *c = arg;
    while (serve_one(c)) {
    }
    script_shutdown(c->fd);
    return NULL;
}
