/* The bridge between a socket and a named pipe, byte by byte. */
#include "pipe_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bundle/bytes/digest.h"
#include "platform/host.h"
#include "platform/pipe.h"
#include "util/mem.h"

enum { PIECE = 60000, LARGE = 100 * 1024 * 1024, BUSY_MS = 1000 };

static const char path[] = "//./pipe/ud-test";
static struct ud_error err;

/* len bytes of a sequence that each direction has another of. */
static char *noise(uint32_t seed, size_t len)
{
    uint32_t *words = ud_alloc(len / 4 + 1, 4);
    for (size_t i = 0; i < len / 4 + 1; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        words[i] = seed;
    }
    return (char *)words;
}

struct bytes {
    SOCKET socket; /* or */
    struct pipe_end *end;
    char *data;
    size_t len;
    bool ok;
};

static DWORD WINAPI send_socket(void *arg)
{
    struct bytes *b = arg;
    size_t at = 0;
    for (int n = 1; at < b->len && n > 0; at += (size_t)n) {
        size_t part = b->len - at < PIECE ? b->len - at : PIECE;
        n = send(b->socket, b->data + at, (int)part, 0);
        if (n <= 0) {
            return 0;
        }
    }
    b->ok = shutdown(b->socket, SD_SEND) == 0;
    return 0;
}

/* To the end. */
static void receive_socket(SOCKET s, struct bytes *ret)
{
    int n = 0;
    ret->data = ud_alloc(LARGE + PIECE, 1);
    while (ret->len <= LARGE && (n = recv(s, ret->data + ret->len, PIECE, 0)) > 0) {
        ret->len += (size_t)n;
    }
    ret->ok = n == 0;
}

static DWORD WINAPI send_pipe(void *arg)
{
    struct bytes *b = arg;
    b->ok = true;
    for (size_t at = 0; at < b->len && b->ok; at += PIECE) {
        size_t part = b->len - at < PIECE ? b->len - at : PIECE;
        b->ok = pipe_end_write(b->end, b->data + at, part);
    }
    b->ok = b->ok && pipe_end_finish(b->end);
    return 0;
}

struct exchange {
    struct bytes out; /* of the server */
    struct bytes in;
};

/* Reads to the client's half-close while the same server writes. */
static void exchange(void *ctx, struct pipe_end *end)
{
    struct exchange *x = ctx;
    char *buf = ud_alloc(PIECE, 1);
    size_t n = 0;
    x->out.end = end;
    HANDLE writer = CreateThread(NULL, 0, send_pipe, &x->out, 0, NULL);
    x->in.data = ud_alloc(LARGE, 1);
    while (pipe_end_read(end, buf, PIECE, &n) && n > 0 && x->in.len + n <= LARGE) {
        memcpy(x->in.data + x->in.len, buf, n);
        x->in.len += n;
        n = 1;
    }
    x->in.ok = n == 0;
    WaitForSingleObject(writer, INFINITE);
    CloseHandle(writer);
    free(buf);
}

static void assert_same_bytes(const struct bytes *a, const struct bytes *b)
{
    char digest_a[65];
    char digest_b[65];
    assert_true(a->ok);
    assert_true(b->ok);
    assert_int_equal(a->len, b->len);
    ud_digest_of(a->data, a->len, digest_a);
    ud_digest_of(b->data, b->len, digest_b);
    assert_string_equal(digest_a, digest_b);
    print_message("%llu bytes, SHA-256 %s\n", (unsigned long long)a->len, digest_a);
}

static void a_hundred_megabytes_each_way_at_once(void **state)
{
    (void)state;
    struct exchange x = {.out = {.data = noise(7, LARGE), .len = LARGE}};
    const struct pipe_server_options options = {.name = "ud-test", .serve = exchange, .ctx = &x};
    struct pipe_server *server = pipe_server_start(&options);
    struct ud_pipe *pipe = NULL;
    uintptr_t s = 0;
    uint64_t in = 0;
    uint64_t out = 0;
    uint64_t begin = ud_host_now_ms();
    assert_int_equal(ud_pipe_open(path, 5000, &pipe, &s, &err), UD_OK);
    struct bytes sent = {.socket = s, .data = noise(1, LARGE), .len = LARGE};
    struct bytes got = {0};
    HANDLE sender = CreateThread(NULL, 0, send_socket, &sent, 0, NULL);
    receive_socket(s, &got);
    WaitForSingleObject(sender, INFINITE);
    CloseHandle(sender);
    print_message("%llu ms\n", (unsigned long long)(ud_host_now_ms() - begin));
    pipe_server_stop(server);
    assert_same_bytes(&sent, &x.in);
    assert_same_bytes(&x.out, &got);
    ud_pipe_count(pipe, &in, &out);
    assert_int_equal(in, LARGE);
    assert_int_equal(out, LARGE);
    assert_int_equal(ud_pipe_check(pipe, &err), UD_OK);
    ud_pipe_free(pipe);
    free(sent.data);
    free(got.data);
    free(x.in.data);
    free(x.out.data);
}

/* What one client gets as an answer. */
static void serve_text(void *ctx, struct pipe_end *end)
{
    char buf[100];
    size_t n = 0;
    while (pipe_end_read(end, buf, sizeof buf, &n) && n > 0) {
    }
    pipe_end_write(end, ctx, strlen(ctx));
}

static void serve_end_first(void *ctx, struct pipe_end *end)
{
    struct bytes *in = ctx;
    char buf[100];
    size_t n = 0;
    pipe_end_write(end, "first", 5);
    pipe_end_finish(end);
    while (pipe_end_read(end, buf, sizeof buf, &n) && n > 0) {
        in->len += n;
    }
}

static struct ud_pipe *open_pipe(SOCKET *ret)
{
    struct ud_pipe *pipe = NULL;
    uintptr_t s = 0;
    assert_int_equal(ud_pipe_open(path, BUSY_MS, &pipe, &s, &err), UD_OK);
    *ret = s;
    return pipe;
}

static void assert_received(SOCKET s, const char *text)
{
    struct bytes got = {0};
    receive_socket(s, &got);
    assert_true(got.ok);
    assert_int_equal(got.len, strlen(text));
    assert_memory_equal(got.data, text, got.len);
    free(got.data);
}

static void either_side_may_end_first(void **state)
{
    (void)state;
    static char text[] = "the answer";
    struct bytes in = {0};
    SOCKET s;
    struct pipe_server_options options = {.name = "ud-test", .serve = serve_text, .ctx = text};
    struct pipe_server *server = pipe_server_start(&options);
    struct ud_pipe *pipe = open_pipe(&s);
    assert_int_equal(send(s, "question", 8, 0), 8);
    assert_int_equal(shutdown(s, SD_SEND), 0);
    assert_received(s, text);
    assert_int_equal(ud_pipe_check(pipe, &err), UD_OK);
    ud_pipe_free(pipe);
    pipe_server_stop(server);

    options.serve = serve_end_first;
    options.ctx = &in;
    server = pipe_server_start(&options);
    pipe = open_pipe(&s);
    assert_received(s, "first");
    assert_int_equal(send(s, "still here", 10, 0), 10);
    assert_int_equal(shutdown(s, SD_SEND), 0);
    Sleep(200);
    ud_pipe_free(pipe);
    pipe_server_stop(server);
    assert_int_equal(in.len, 10);
}

static void serve_big_message(void *ctx, struct pipe_end *end)
{
    pipe_end_write(end, ctx, strlen(ctx));
}

static void a_message_may_be_larger_than_a_buffer_and_a_pipe_one_of_bytes(void **state)
{
    (void)state;
    char *text = ud_alloc(300001, 1);
    memset(text, 'x', 300000);
    for (int bytes = 0; bytes < 2; bytes++) {
        const struct pipe_server_options options = {
            .name = "ud-test", .serve = serve_big_message, .ctx = text, .bytes = bytes != 0};
        struct pipe_server *server = pipe_server_start(&options);
        SOCKET s;
        struct ud_pipe *pipe = open_pipe(&s);
        assert_received(s, text);
        ud_pipe_free(pipe);
        pipe_server_stop(server);
    }
    free(text);
}

static void hold(void *ctx, struct pipe_end *end)
{
    (void)ctx;
    WaitForSingleObject(end->stop, INFINITE);
}

static void what_is_under_way_ends_at_once(void **state)
{
    (void)state;
    static const char data[PIECE];
    const struct pipe_server_options options = {.name = "ud-test", .serve = hold, .instances = 1};
    struct pipe_server *server = pipe_server_start(&options);
    SOCKET s;
    SOCKET waiting;
    struct ud_pipe *pipe = open_pipe(&s);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(send(s, data, sizeof data, 0), sizeof data); /* more than the pipe takes */
    }
    Sleep(50);
    struct ud_pipe *busy = open_pipe(&waiting);
    Sleep(50);
    uint64_t begin = ud_host_now_ms();
    ud_pipe_free(busy);
    ud_pipe_free(pipe);
    assert_in_range(ud_host_now_ms() - begin, 0, 300);
    pipe_server_stop(server);
}

static void a_pipe_that_fails_says_why_when_the_socket_ends(void **state)
{
    (void)state;
    SOCKET s;
    struct ud_pipe *pipe = open_pipe(&s);
    assert_int_equal(send(s, "x", 1, 0), 1);
    assert_received(s, "");
    assert_int_equal(ud_pipe_check(pipe, &err), UD_ERR_NOT_FOUND);
    ud_pipe_free(pipe);

    const struct pipe_server_options options = {.name = "ud-test", .serve = hold, .instances = 1};
    struct pipe_server *server = pipe_server_start(&options);
    SOCKET first;
    struct ud_pipe *holder = open_pipe(&first);
    Sleep(100);
    uint64_t begin = ud_host_now_ms();
    pipe = open_pipe(&s);
    assert_received(s, "");
    assert_in_range(ud_host_now_ms() - begin, BUSY_MS, BUSY_MS + 500);
    assert_int_equal(ud_pipe_check(pipe, &err), UD_ERR_BUSY);
    ud_pipe_free(pipe);
    ud_pipe_free(holder);
    pipe_server_stop(server);
}

static int start_sockets(void **state)
{
    WSADATA data;
    (void)state;
    return WSAStartup(MAKEWORD(2, 2), &data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(either_side_may_end_first),
        cmocka_unit_test(a_message_may_be_larger_than_a_buffer_and_a_pipe_one_of_bytes),
        cmocka_unit_test(what_is_under_way_ends_at_once),
        cmocka_unit_test(a_pipe_that_fails_says_why_when_the_socket_ends),
        cmocka_unit_test(a_hundred_megabytes_each_way_at_once),
    };
    return cmocka_run_group_tests(tests, start_sockets, NULL);
}
