/* The stream that leaves HTTP, against an engine that answers as scripted. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "platform/host.h"
#include "transport/duplex.h"
#include "util/mem.h"

#define HEAD101                                                                                    \
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"                 \
    "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
#define HEAD200 "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n\r\n"

enum { AT_ONCE_MS = 300, AFTER_MS = 150, LONG_MS = 5000, SILENCE_MS = 1000 };

struct trial {
    struct scripted_engine *script;
    struct ud_endpoint endpoint;
    struct ud_http *http;
    struct ud_cancel cancel;
    struct ud_duplex *duplex;
    struct ud_http_response answer;
    struct ud_buf got;
    struct ud_error err;
};

/* It answers no ping. silence_ms: see struct ud_http_config. */
static void trial_init_silent(struct trial *t, const struct script_rule *rule, bool tcp,
                              unsigned silence_ms)
{
    const struct script_rule rules[] = {*rule, {.method = "GET", .path = "/_ping", .stall = true}};
    *t = (struct trial){.script = scripted_engine_start(rules, 2, tcp)};
    ud_buf_init(&t->got, 64 * 1024 * 1024);
    assert_int_equal(
        ud_endpoint_parse(scripted_engine_endpoint(t->script), false, "test", &t->endpoint, NULL),
        UD_OK);
    const struct ud_http_config config = {
        .endpoint = &t->endpoint, .cancel = &t->cancel, .silence_ms = silence_ms};
    assert_int_equal(ud_http_new(&config, &t->http, NULL), UD_OK);
}

static void trial_init(struct trial *t, const struct script_rule *rule, bool tcp)
{
    trial_init_silent(t, rule, tcp, 0);
}

static enum ud_code trial_open(struct trial *t)
{
    return ud_duplex_open(t->http, "/exec/e/start", "{\"Tty\":true}", &t->duplex, &t->answer,
                          &t->err);
}

static enum ud_code open_with(struct trial *t, const struct script_rule *rule, bool tcp)
{
    trial_init(t, rule, tcp);
    return trial_open(t);
}

static void trial_done(struct trial *t)
{
    ud_duplex_free(t->duplex);
    ud_http_response_done(&t->answer);
    ud_http_free(t->http);
    ud_endpoint_done(&t->endpoint);
    ud_buf_done(&t->got);
    scripted_engine_stop(t->script);
}

/* Reads to the end, or until len bytes are there. */
static enum ud_code read_until(struct trial *t, size_t len, bool *ret_end)
{
    char piece[777];
    bool end = false;
    while (!end && t->got.len < len) {
        size_t n = 0;
        UD_TRY(ud_duplex_recv(t->duplex, piece, sizeof piece, &n, &end, &t->err));
        ud_buf_add(&t->got, piece, n);
        if (n == 0 && !end) {
            UD_TRY(ud_duplex_wait(t->duplex, false, LONG_MS, &t->err));
        }
    }
    *ret_end = end;
    return UD_OK;
}

static void bytes_go_both_ways_and_the_end_is_passed_on(void **state)
{
    (void)state;
    for (int tcp = 0; tcp < 2; tcp++) {
        for (int old = 0; old < 2; old++) {
            const struct script_rule rule = {.method = "POST",
                                             .path = "/exec/e/start",
                                             .framing = SCRIPT_RAW,
                                             .body = old ? HEAD200 "early" : HEAD101 "early",
                                             .echo = true};
            static struct trial t;
            bool end = false;
            size_t n = 0;
            assert_int_equal(open_with(&t, &rule, tcp == 1), UD_OK);
            assert_non_null(t.duplex);
            assert_int_equal(t.answer.status, old ? 200 : 101);
            assert_int_equal(ud_duplex_send(t.duplex, "a\0b", 3, &n, &t.err), UD_OK);
            assert_int_equal(n, 3);
            assert_int_equal(read_until(&t, 8, &end), UD_OK);
            assert_false(end);
            assert_memory_equal(t.got.data, "earlya\0b", 8);
            ud_duplex_finish(t.duplex); /* the engine closes when it sees the end */
            assert_int_equal(read_until(&t, 100, &end), UD_OK);
            assert_true(end);
            assert_int_equal(t.got.len, 8);
            const struct script_request *request = scripted_engine_request(t.script, 0);
            assert_string_equal(request->body, "{\"Tty\":true}");
            assert_non_null(strstr(request->head, "\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"));
            assert_non_null(strstr(request->head, "\r\nContent-Type: application/json\r\n"));
            assert_non_null(strstr(request->head, "\r\nHost: "));
            trial_done(&t);
        }
    }
}

static void the_header_may_come_byte_by_byte(void **state)
{
    (void)state;
    const struct script_rule rule = {.method = "POST",
                                     .path = "/exec",
                                     .framing = SCRIPT_RAW,
                                     .body = "HTTP/1.1 100 Continue\r\n\r\n" HEAD101 "x",
                                     .piece = 1,
                                     .echo = true};
    static struct trial t;
    bool end = false;
    assert_int_equal(open_with(&t, &rule, false), UD_OK);
    assert_int_equal(read_until(&t, 1, &end), UD_OK);
    assert_string_equal(t.got.data, "x");
    assert_string_equal(ud_http_response_header(&t.answer, "upgrade"), "tcp");
    trial_done(&t);
}

static void much_data_passes_while_it_is_read(void **state)
{
    (void)state;
    enum { SIZE = 20 * 1000 * 1000 };
    const struct script_rule rule = {
        .method = "POST", .path = "/exec", .framing = SCRIPT_RAW, .body = HEAD101, .echo = true};
    static struct trial t;
    char *data = ud_alloc(SIZE, 1);
    for (size_t i = 0; i < SIZE; i++) {
        data[i] = (char)(i * 31 >> 7);
    }
    assert_int_equal(open_with(&t, &rule, false), UD_OK);
    bool end = false;
    char *piece = ud_alloc(65536, 1);
    for (size_t sent = 0; !end;) {
        size_t n = 0;
        if (sent < SIZE) {
            assert_int_equal(ud_duplex_send(t.duplex, data + sent, SIZE - sent, &n, NULL), UD_OK);
            sent += n;
            if (sent == SIZE) {
                ud_duplex_finish(t.duplex);
            }
        }
        assert_int_equal(ud_duplex_recv(t.duplex, piece, 65536, &n, &end, NULL), UD_OK);
        ud_buf_add(&t.got, piece, n);
        if (n == 0 && !end) {
            assert_int_equal(ud_duplex_wait(t.duplex, sent < SIZE, LONG_MS, NULL), UD_OK);
        }
    }
    assert_int_equal(t.got.len, SIZE);
    assert_memory_equal(t.got.data, data, SIZE);
    free(piece);
    free(data);
    trial_done(&t);
}

static void other_answers_are_given_whole(void **state)
{
    (void)state;
    static const struct {
        struct script_rule rule;
        int status;
        const char *body;
    } cases[] = {
        {{.status = 404, .body = "{\"message\":\"none\"}"}, 404, "{\"message\":\"none\"}"},
        {{.status = 409, .body = "{}", .piece = 1}, 409, "{}"},
        {{.status = 500, .framing = SCRIPT_CHUNKED, .body = "bad", .repeat = 3}, 500, "badbadbad"},
        {{.status = 500, .framing = SCRIPT_CHUNKED, .body = "bad", .piece = 1}, 500, "bad"},
        {{.status = 503, .framing = SCRIPT_CLOSE, .body = "busy"}, 503, "busy"},
        {{.status = 204}, 204, ""},
        {{.status = 200, .body = "{}"}, 200, "{}"},
        {{.status = 200,
          .type = "application/vnd.docker.raw-stream",
          .framing = SCRIPT_CHUNKED,
          .body = "x"},
         200,
         "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static struct trial t;
        struct script_rule rule = cases[i].rule;
        rule.method = "POST";
        rule.path = "/exec";
        uint64_t begin = ud_host_now_ms();
        assert_int_equal(open_with(&t, &rule, false), UD_OK);
        assert_null(t.duplex);
        assert_int_equal(t.answer.status, cases[i].status);
        assert_string_equal(t.answer.body.data, cases[i].body);
        assert_in_range(ud_host_now_ms() - begin, 0, 1000);
        trial_done(&t);
    }
}

static void what_is_no_answer_is_an_error(void **state)
{
    (void)state;
    static const struct {
        struct script_rule rule;
        enum ud_code code;
    } cases[] = {
        {{.drop = true}, UD_ERR_UNREACHABLE},
        {{.framing = SCRIPT_RAW, .body = "HTTP/1.1 101 UPGR"}, UD_ERR_UNREACHABLE},
        {{.framing = SCRIPT_RAW, .body = HEAD101, .cut_after = 60}, UD_ERR_UNREACHABLE},
        {{.framing = SCRIPT_RAW, .body = "SSH-2.0-OpenSSH_9.2\r\n"}, UD_ERR_PROTOCOL},
        {{.framing = SCRIPT_RAW, .body = "X-Very-Long: header\r\n", .repeat = 5000},
         UD_ERR_PROTOCOL},
        {{.framing = SCRIPT_RAW, .body = "HTTP/1.1 200 OK\r\nx: ", .repeat = 5000},
         UD_ERR_PROTOCOL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static struct trial t;
        struct script_rule rule = cases[i].rule;
        rule.method = "POST";
        rule.path = "/exec";
        assert_int_equal(open_with(&t, &rule, false), cases[i].code);
        assert_int_equal(t.err.code, cases[i].code);
        assert_null(t.duplex);
        trial_done(&t);
    }
}

/* What came before the cut is there; the end is all that tells. */
static void a_cut_is_the_end(void **state)
{
    (void)state;
    const struct script_rule rule = {.method = "POST",
                                     .path = "/exec",
                                     .framing = SCRIPT_RAW,
                                     .body = HEAD101 "twelve bytes",
                                     .cut_after = sizeof HEAD101 - 1 + 6};
    static struct trial t;
    bool end = false;
    size_t n = 0;
    assert_int_equal(open_with(&t, &rule, true), UD_OK);
    assert_int_equal(ud_duplex_send(t.duplex, "unwanted", 8, &n, NULL), UD_OK);
    assert_int_equal(read_until(&t, 100, &end), UD_OK);
    assert_true(end);
    assert_string_equal(t.got.data, "twelve");
    for (int i = 0; i < 3; i++) { /* what nobody takes any more is dropped */
        assert_int_equal(ud_duplex_send(t.duplex, "more", 4, &n, NULL), UD_OK);
        assert_int_equal(n, 4);
    }
    trial_done(&t);
}

static void a_cancel_ends_it_at_once(void **state)
{
    (void)state;
    static const struct script_rule cases[] = {
        {.stall = true}, /* before the header */
        {.framing = SCRIPT_RAW, .body = "HTTP/1.1 101 U", .stall_body = true},
        {.framing = SCRIPT_RAW, .body = HEAD101, .stall_body = true},
        {.status = 500, .framing = SCRIPT_CLOSE, .body = "b", .stall_body = true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static struct trial t;
        struct script_rule rule = cases[i];
        bool end = false;
        rule.method = "POST";
        rule.path = "/exec";
        trial_init(&t, &rule, false);
        uint64_t begin = ud_host_now_ms();
        struct canceller *c = cancel_after(&t.cancel, AFTER_MS);
        enum ud_code rc = trial_open(&t);
        if (rc == UD_OK) {
            rc = read_until(&t, 1, &end);
        }
        assert_int_equal(rc, UD_ERR_INTERRUPTED);
        assert_in_range(ud_host_now_ms() - begin, AFTER_MS - 50, AFTER_MS + AT_ONCE_MS);
        canceller_join(c);
        trial_done(&t);
    }
}

/* A machine that hangs, or lost its power without a word. */
static void an_engine_that_falls_silent_is_the_end(void **state)
{
    (void)state;
    const struct script_rule rule = {.method = "POST",
                                     .path = "/exec",
                                     .framing = SCRIPT_RAW,
                                     .body = HEAD101 "x",
                                     .stall_body = true};
    static struct trial t;
    bool end = false;
    trial_init_silent(&t, &rule, false, SILENCE_MS);
    assert_int_equal(trial_open(&t), UD_OK);
    assert_int_equal(read_until(&t, 100, &end), UD_ERR_UNREACHABLE);
    assert_string_equal(t.got.data, "x");
    assert_int_equal(scripted_engine_seen(t.script, "GET", "/_ping"), 1);
    assert_non_null(strstr(t.err.message, "cannot reach the engine at"));
    assert_non_null(strstr(t.err.remedy, "docker info"));
    trial_done(&t);
}

static void a_wake_ends_the_wait(void **state)
{
    (void)state;
    const struct script_rule rule = {.method = "POST",
                                     .path = "/exec",
                                     .framing = SCRIPT_RAW,
                                     .body = HEAD101,
                                     .stall_body = true};
    static struct trial t;
    assert_int_equal(open_with(&t, &rule, false), UD_OK);
    ud_duplex_wake(t.duplex);
    uint64_t begin = ud_host_now_ms();
    assert_int_equal(ud_duplex_wait(t.duplex, false, LONG_MS, NULL), UD_OK);
    assert_in_range(ud_host_now_ms() - begin, 0, 100);
    trial_done(&t);
}

static void nothing_there_is_told_as_for_any_request(void **state)
{
    (void)state;
    struct ud_endpoint endpoint = {0};
    struct ud_http *http = NULL;
    struct ud_duplex *duplex = NULL;
    struct ud_http_response answer = {0};
    struct ud_error err = {0};
    assert_int_equal(ud_endpoint_parse("unix:///nowhere.sock", false, "test", &endpoint, NULL),
                     UD_OK);
    const struct ud_http_config config = {.endpoint = &endpoint};
    assert_int_equal(ud_http_new(&config, &http, NULL), UD_OK);
    assert_int_equal(ud_duplex_open(http, "/x", NULL, &duplex, &answer, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "cannot reach the engine"));
    assert_int_equal(ud_duplex_open(http, "/x\r\ny", NULL, &duplex, &answer, &err), UD_ERR_USAGE);
    ud_http_free(http);
    ud_endpoint_done(&endpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways_and_the_end_is_passed_on),
        cmocka_unit_test(the_header_may_come_byte_by_byte),
        cmocka_unit_test(much_data_passes_while_it_is_read),
        cmocka_unit_test(other_answers_are_given_whole),
        cmocka_unit_test(what_is_no_answer_is_an_error),
        cmocka_unit_test(a_cut_is_the_end),
        cmocka_unit_test(a_cancel_ends_it_at_once),
        cmocka_unit_test(an_engine_that_falls_silent_is_the_end),
        cmocka_unit_test(a_wake_ends_the_wait),
        cmocka_unit_test(nothing_there_is_told_as_for_any_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
