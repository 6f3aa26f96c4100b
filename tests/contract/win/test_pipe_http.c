/* HTTP through a named pipe, and each of its faults with what a user reads. The engine is a script
 * behind a relay that misbehaves. */
#include "pipe_to_tcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "bundle/bytes/digest.h"
#include "platform/host.h"
#include "platform/pipe.h"
#include "transport/http.h"
#include "util/mem.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define PIPE "npipe:////./pipe/ud-http-test-docker"

enum { BUSY_MS = 1500 };

struct fixture {
    struct scripted_engine *script;
    struct pipe_to_tcp relay;
    struct pipe_server *server;
    struct ud_cancel cancel;
    struct ud_report report;
    unsigned long long out; /* bytes, as the program itself counts them */
    unsigned long long in;
    struct ud_http *http;
    struct ud_error err;
};

static void count_bytes(void *ctx, enum ud_report_level level, const char *text)
{
    struct fixture *f = ctx;
    unsigned long long out = 0;
    unsigned long long in = 0;
    (void)level;
    const char *colon = strstr(text, "a connection to ") == text ? strstr(text, ": ") : NULL;
    if (colon != NULL && sscanf(colon, ": %llu bytes out, %llu in", &out, &in) == 2) {
        f->out += out;
        f->in += in;
    }
}

static void open_http(struct fixture *f)
{
    struct ud_endpoint ep = {0};
    f->report = (struct ud_report){.ctx = f, .message = count_bytes};
    assert_int_equal(ud_endpoint_parse(PIPE, false, "--host", &ep, NULL), UD_OK);
    const struct ud_http_config config = {
        .endpoint = &ep,
        .cancel = &f->cancel,
        .report = &f->report,
        .connect_timeout_ms = BUSY_MS,
    };
    assert_int_equal(ud_http_new(&config, &f->http, &f->err), UD_OK);
    ud_endpoint_done(&ep);
}

static void start_server(struct fixture *f, const struct pipe_server_options *more)
{
    struct pipe_server_options options = more != NULL ? *more : (struct pipe_server_options){0};
    options.name = PIPE + strlen("npipe:////./pipe/");
    options.serve = options.serve != NULL ? options.serve : pipe_to_tcp_serve;
    options.ctx = &f->relay;
    f->server = pipe_server_start(&options);
    assert_non_null(f->server);
}

static struct fixture *start(const struct script_rule *rules, size_t count,
                             const struct pipe_server_options *more)
{
    struct fixture *f = ud_alloc(1, sizeof *f);
    f->script = scripted_engine_start(rules, count, true);
    const char *endpoint = scripted_engine_endpoint(f->script);
    f->relay.port = (unsigned short)atoi(strrchr(endpoint, ':') + 1);
    start_server(f, more);
    open_http(f);
    return f;
}

static void stop(struct fixture *f)
{
    ud_http_free(f->http);
    pipe_server_stop(f->server);
    scripted_engine_stop(f->script);
    free(f);
}

static enum ud_code get(struct fixture *f, const char *url)
{
    const struct ud_http_request request = {.method = "GET", .url = url};
    struct ud_http_response response = {0};
    UD_TRY(ud_http_perform(f->http, &request, &response, &f->err));
    assert_int_equal(response.status, 200);
    ud_http_response_done(&response);
    return UD_OK;
}

static void assert_said(const struct fixture *f, const char *message, const char *remedy)
{
    print_message("%s\n  -> %s\n", f->err.message, f->err.remedy);
    assert_non_null(strstr(f->err.message, message));
    assert_non_null(strstr(f->err.remedy, remedy));
}

struct upload {
    struct ud_digest *digest;
    uint64_t left;
    uint32_t seed;
};

static enum ud_code make_noise(void *ctx, void *dst, size_t room, size_t *ret_len,
                               struct ud_error *err)
{
    struct upload *u = ctx;
    uint32_t *words = dst;
    (void)err;
    size_t len = room < u->left ? room / 4 * 4 : (size_t)u->left;
    for (size_t i = 0; i < len / 4; i++) {
        u->seed ^= u->seed << 13;
        u->seed ^= u->seed >> 17;
        u->seed ^= u->seed << 5;
        words[i] = u->seed;
    }
    ud_digest_add(u->digest, dst, len);
    u->left -= len;
    *ret_len = len;
    return UD_OK;
}

static enum ud_code add_digest(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    (void)err;
    ud_digest_add(ctx, data, len);
    return UD_OK;
}

/* 60 MiB each way, as much as the script holds, by digest; and all bytes, those of the headers too,
 * counted on both sides of the pipe. */
static void large_bodies_arrive_and_all_bytes_are_counted(void **state)
{
    (void)state;
    enum { UPLOAD = 60 * 1024 * 1024, PART = 1024 * 1024 };
    char *part = ud_alloc(PART, 1);
    char sent[UD_DIGEST_HEX_SIZE];
    char got[UD_DIGEST_HEX_SIZE];
    for (size_t i = 0; i < PART; i++) {
        part[i] = (char)(i * 2654435761u >> 13);
    }
    const struct script_rule rules[] = {
        {.method = "PUT", .path = "/up"},
        {.method = "GET", .path = "/down", .body = part, .body_len = PART, .repeat = 60},
    };
    struct fixture *f = start(rules, COUNT(rules), NULL);
    struct upload upload = {.digest = ud_digest_new(), .left = UPLOAD, .seed = 5};
    struct ud_http_request request = {
        .method = "PUT", .url = "/up", .source = {make_noise, &upload, UPLOAD}};
    struct ud_http_response response = {0};
    assert_int_equal(ud_http_perform(f->http, &request, &response, &f->err), UD_OK);
    ud_http_response_done(&response);
    ud_digest_hex(upload.digest, sent);
    const struct script_request *seen = scripted_engine_request(f->script, 0);
    ud_digest_of(seen->body, seen->body_len, got);
    assert_string_equal(sent, got);

    struct ud_digest *down = ud_digest_new();
    struct ud_digest *wanted = ud_digest_new();
    request = (struct ud_http_request){.method = "GET", .url = "/down", .sink = {add_digest, down}};
    assert_int_equal(ud_http_perform(f->http, &request, &response, &f->err), UD_OK);
    ud_http_response_done(&response);
    for (int i = 0; i < 60; i++) {
        ud_digest_add(wanted, part, PART);
    }
    ud_digest_hex(down, got);
    ud_digest_hex(wanted, sent);
    assert_string_equal(sent, got);
    ud_http_free(f->http);
    f->http = NULL;
    print_message("%llu bytes out, %llu in\n", f->out, f->in);
    assert_int_equal(f->out, f->relay.from_client);
    assert_int_equal(f->in, f->relay.to_client);
    ud_digest_free(upload.digest);
    ud_digest_free(down);
    ud_digest_free(wanted);
    free(part);
    stop(f);
}

/* How many handles this process has, about: wine does not count them, but gives the lowest number
 * that is free. */
static long handles(void)
{
    DWORD count = 0;
    if (GetProcessHandleCount(GetCurrentProcess(), &count) && count != 0) {
        return (long)count;
    }
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    CloseHandle(event);
    return (long)((uintptr_t)event / 4);
}

/* An engine of few words. */
static void serve_one_request(void *ctx, struct pipe_end *end)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    char buf[4096];
    size_t len = 0;
    size_t n = 0;
    struct pipe_to_tcp *relay = ctx;
    InterlockedIncrement(&relay->connections);
    while (len + 1 < sizeof buf && pipe_end_read(end, buf + len, sizeof buf - 1 - len, &n) &&
           n > 0) {
        len += n;
        buf[len] = '\0';
        if (strstr(buf, "\r\n\r\nhello") != NULL) {
            pipe_end_write(end, answer, sizeof answer - 1);
            len = 0;
        }
    }
}

/* What they used is given back. */
static void two_hundred_connections_in_a_row(void **state)
{
    (void)state;
    const struct pipe_server_options options = {.serve = serve_one_request};
    struct fixture *f = start(NULL, 0, &options);
    const struct ud_http_request request = {
        .method = "POST", .url = "/x", .body = "hello", .body_len = 5};
    struct ud_http_response response = {0};
    long before = 0;
    for (int i = 0; i < 200; i++) {
        if (i == 20) {
            before = handles();
        }
        /* Each POST has a connection of its own. */
        assert_int_equal(ud_http_perform(f->http, &request, &response, &f->err), UD_OK);
        ud_http_response_done(&response);
    }
    print_message("%ld handles after 20 connections, %ld after 200\n", before, handles());
    assert_int_equal(f->relay.connections, 200);
    assert_in_range(handles(), 0, before + 10);
    stop(f);
}

static void connections_are_kept_and_several_run_at_once(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/slow", .body = "s", .after = "/last", .forever = true},
        {.method = "GET", .path = "/", .body = "q", .forever = true},
    };
    enum { SLOW = 8 };
    struct fixture *f = start(rules, COUNT(rules), NULL);
    struct ud_http_transfer *slow[SLOW];
    for (int i = 0; i < 5; i++) {
        assert_int_equal(get(f, "/quick"), UD_OK);
    }
    assert_int_equal(f->relay.connections, 1);
    for (int i = 0; i < SLOW; i++) {
        const struct ud_http_request request = {.method = "GET", .url = "/slow"};
        int status = 0;
        assert_int_equal(ud_http_start(f->http, &request, &slow[i], &f->err), UD_OK);
        assert_int_equal(ud_http_await_headers(slow[i], &status, &f->err), UD_OK);
    }
    assert_int_equal(get(f, "/last"), UD_OK);
    for (int i = 0; i < SLOW; i++) {
        struct ud_http_response response = {0};
        assert_int_equal(ud_http_await_done(slow[i], &response, &f->err), UD_OK);
        assert_string_equal(response.body.data, "s");
        ud_http_response_done(&response);
        ud_http_transfer_free(slow[i]);
    }
    assert_int_equal(f->relay.connections, SLOW + 1);
    stop(f);
}

static void one_byte_at_a_time_is_enough(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/", .framing = SCRIPT_CHUNKED, .body = "abc", .repeat = 100}};
    struct fixture *f = start(rules, COUNT(rules), NULL);
    f->relay.piece = 1;
    assert_int_equal(get(f, "/x"), UD_OK);
    stop(f);
}

static void a_stall_is_noticed_and_can_be_interrupted(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/", .body = "0123456789", .forever = true}};
    struct fixture *f = start(rules, COUNT(rules), NULL);
    struct ud_http_response response = {0};
    struct ud_http_request request = {.method = "GET", .url = "/x", .stall_s = 2};
    f->relay.stall_after = 30;
    assert_int_equal(ud_http_perform(f->http, &request, &response, &f->err), UD_ERR_ENGINE);
    assert_said(f, "no byte moved for 2 s", "docker info");
    request.stall_s = 0;
    struct canceller *c = cancel_after(&f->cancel, 200);
    uint64_t begin = ud_host_now_ms();
    assert_int_equal(ud_http_perform(f->http, &request, &response, &f->err), UD_ERR_INTERRUPTED);
    assert_in_range(ud_host_now_ms() - begin, 150, 500);
    canceller_join(c);
    stop(f);
}

static void a_pipe_that_dies_is_no_whole_answer(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/", .body = "0123456789", .forever = true}};
    struct fixture *f = start(rules, COUNT(rules), NULL);
    f->relay.cut_after = 30;
    assert_int_equal(get(f, "/x"), UD_ERR_UNREACHABLE);
    assert_said(f, "it closed the connection without an answer", "Start the engine");
    f->relay.cut_after = 85;
    assert_int_equal(get(f, "/x"), UD_ERR_PROTOCOL);
    assert_said(f, "truncated answer of the engine at " PIPE, "");
    stop(f);
}

static DWORD WINAPI serve_later(void *arg)
{
    struct fixture *f = arg;
    char path[100];
    (void)snprintf(path, sizeof path, "\\\\.\\pipe\\%s", PIPE + strlen("npipe:////./pipe/"));
    HANDLE server = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, 1, 0, 0, 0, NULL);
    HANDLE client = CreateFileA(path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    Sleep(1000);
    CloseHandle(client);
    CloseHandle(server);
    start_server(f, NULL);
    return 0;
}

static void hold(void *ctx, struct pipe_end *end)
{
    (void)ctx;
    WaitForSingleObject(end->stop, INFINITE);
}

static void a_busy_pipe_is_waited_for_to_the_deadline(void **state)
{
    (void)state;
    const struct script_rule rules[] = {{.method = "GET", .path = "/", .forever = true}};
    const struct pipe_server_options single = {.instances = 1, .serve = hold};
    struct fixture *f = start(rules, COUNT(rules), &single);
    struct fixture *holder = ud_alloc(1, sizeof *holder);
    open_http(holder);
    struct ud_http_transfer *t = NULL;
    const struct ud_http_request request = {.method = "GET", .url = "/x"};
    assert_int_equal(ud_http_start(holder->http, &request, &t, NULL), UD_OK);
    assert_int_equal(ud_http_pause(holder->http, 200, NULL), UD_OK);
    uint64_t begin = ud_host_now_ms();
    assert_int_equal(get(f, "/x"), UD_ERR_UNREACHABLE);
    assert_in_range(ud_host_now_ms() - begin, BUSY_MS, BUSY_MS + 700);
    assert_said(f, "all instances of the pipe were busy for 1.5 s", "restart the engine");
    ud_http_free(holder->http);
    free(holder);
    pipe_server_stop(f->server);

    HANDLE later = CreateThread(NULL, 0, serve_later, f, 0, NULL);
    Sleep(100);
    begin = ud_host_now_ms();
    assert_int_equal(get(f, "/x"), UD_OK);
    assert_in_range(ud_host_now_ms() - begin, 700, BUSY_MS);
    WaitForSingleObject(later, INFINITE);
    CloseHandle(later);
    stop(f);
}

static void an_absent_pipe_is_named_with_those_that_exist(void **state)
{
    (void)state;
    struct fixture *f = ud_alloc(1, sizeof *f);
    open_http(f);
    assert_int_equal(get(f, "/x"), UD_ERR_UNREACHABLE);
    assert_said(f, "cannot reach the engine at " PIPE " (--host): there is no such pipe",
                "Start the engine");
    assert_false(ud_http_denied(f->http));
    const struct pipe_server_options other = {.name = "podman-ud-test", .serve = hold};
    struct pipe_server *server = pipe_server_start(&other);
    struct ud_strv names = {0};
    ud_pipe_list_engines(&names);
    bool listed = names.len != 0;
    ud_strv_done(&names);
    assert_int_equal(get(f, "/x"), UD_ERR_UNREACHABLE);
    assert_said(f, PIPE,
                !listed ? "No pipe here looks like an engine's"
                        : "Pipes here that look like an engine's: npipe:////./pipe/podman-ud-test");
    pipe_server_stop(server);
    ud_http_free(f->http);
    free(f);
    if (!listed) {
        print_message("SKIPPED: THIS SYSTEM (WINE?) DOES NOT LIST ITS PIPES\n");
        skip();
    }
}

static void a_denied_pipe_names_the_group(void **state)
{
    (void)state;
    const struct script_rule rules[] = {{.method = "GET", .path = "/", .forever = true}};
    const struct pipe_server_options options = {.deny = true};
    struct fixture *f = start(rules, COUNT(rules), &options);
    assert_int_equal(get(f, "/x"), UD_ERR_UNREACHABLE);
    assert_said(f, "access is denied", "docker-users");
    assert_true(ud_http_denied(f->http));
    stop(f);
}

static void a_pipe_of_another_user_is_refused(void **state)
{
    (void)state;
    const struct script_rule rules[] = {{.method = "GET", .path = "/", .forever = true}};
    const struct pipe_server_options options = {.owner = "S-1-5-21-1-2-3-1001"};
    struct fixture *f = start(rules, COUNT(rules), &options);
    enum ud_code rc = get(f, "/x");
    assert_int_equal(rc, UD_ERR_UNREACHABLE);
    assert_said(f, "belongs to another user (S-1-5-21-1-2-3-1001)", "Run this as the user");
    assert_int_equal(scripted_engine_count(f->script), 0);
    stop(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_bodies_arrive_and_all_bytes_are_counted),
        cmocka_unit_test(two_hundred_connections_in_a_row),
        cmocka_unit_test(connections_are_kept_and_several_run_at_once),
        cmocka_unit_test(one_byte_at_a_time_is_enough),
        cmocka_unit_test(a_stall_is_noticed_and_can_be_interrupted),
        cmocka_unit_test(a_pipe_that_dies_is_no_whole_answer),
        cmocka_unit_test(a_busy_pipe_is_waited_for_to_the_deadline),
        cmocka_unit_test(an_absent_pipe_is_named_with_those_that_exist),
        cmocka_unit_test(a_denied_pipe_names_the_group),
        cmocka_unit_test(a_pipe_of_another_user_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
