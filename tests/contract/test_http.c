#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "docker/containers/archive.h"
#include "docker/images/image.h"
#include "platform/host.h"
#include "set_variable.h"
#include "transport/http.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

static enum ud_code get_from(const char *endpoint, const char *url, unsigned timeout_ms,
                             struct ud_http_response *ret, struct ud_error *err)
{
    struct ud_endpoint ep = {0};
    struct ud_http *http = NULL;
    assert_int_equal(ud_endpoint_parse(endpoint, false, "--host", &ep, NULL), UD_OK);
    const struct ud_http_config config = {.endpoint = &ep, .connect_timeout_ms = 1000};
    assert_int_equal(ud_http_new(&config, &http, err), UD_OK);
    const struct ud_http_request request = {.method = "GET", .url = url, .timeout_ms = timeout_ms};
    enum ud_code rc = ud_http_perform(http, &request, ret, err);
    ud_http_free(http);
    ud_endpoint_done(&ep);
    return rc;
}

static void tcp_names_host_and_port(void **state)
{
    (void)state;
    struct ud_error err = {0};
    struct ud_http_response response = {0};
    assert_int_equal(get_from("tcp://127.0.0.1:1", "/", 0, &response, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "tcp://127.0.0.1:1"));
    assert_string_not_equal(err.remedy, "");
}

static void proxies_and_redirects_are_not_for_engines(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/base/x", .status = 301, .headers = "Location: /y\r\n"}};
    struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), true);
    struct ud_error err = {0};
    struct ud_http_response response = {0};
    char text[100];
    set_variable("http_proxy", "http://127.0.0.1:1");
    (void)snprintf(text, sizeof text, "%s/base", scripted_engine_endpoint(script));
    assert_int_equal(get_from(text, "/x", 0, &response, &err), UD_OK);
    set_variable("http_proxy", NULL);
    assert_int_equal(response.status, 301);
    assert_string_equal(ud_http_response_header(&response, "LOCATION"), "/y");
    assert_null(ud_http_response_header(&response, "Loc"));
    ud_http_response_done(&response);
    scripted_engine_stop(script);
}

static void a_deadline_is_kept(void **state)
{
    (void)state;
    const struct script_rule rules[] = {{.method = "GET", .path = "/", .stall = true}};
    struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), false);
    struct ud_error err = {0};
    struct ud_http_response response = {0};
    uint64_t begin = ud_host_now_ms();
    assert_int_equal(get_from(scripted_engine_endpoint(script), "/", 300, &response, &err),
                     UD_ERR_UNREACHABLE);
    assert_in_range(ud_host_now_ms() - begin, 290, 700);
    scripted_engine_stop(script);
}

static void line_ends_cannot_be_smuggled(void **state)
{
    (void)state;
    struct ud_error err = {0};
    struct ud_http_response response = {0};
    assert_int_equal(get_from("tcp://127.0.0.1:1", "/a\r\nX: y", 0, &response, &err), UD_ERR_USAGE);
    assert_int_equal(get_from("tcp://127.0.0.1:1", "/a b", 0, &response, &err), UD_ERR_USAGE);
}

static void two_transfers_run_at_once(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/first", .body = "one", .after = "/second"},
        {.method = "GET", .path = "/second", .body = "two"},
    };
    struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), false);
    struct ud_endpoint ep = {0};
    struct ud_http *http = NULL;
    assert_int_equal(ud_endpoint_parse(scripted_engine_endpoint(script), false, "x", &ep, NULL),
                     UD_OK);
    assert_int_equal(ud_http_new(&(struct ud_http_config){.endpoint = &ep}, &http, NULL), UD_OK);
    struct ud_http_transfer *first = NULL;
    struct ud_http_response one = {0};
    struct ud_http_response two = {0};
    int status = 0;
    const struct ud_http_request a = {.method = "GET", .url = "/first"};
    const struct ud_http_request b = {.method = "GET", .url = "/second"};
    assert_int_equal(ud_http_start(http, &a, &first, NULL), UD_OK);
    assert_int_equal(ud_http_await_headers(first, &status, NULL), UD_OK);
    assert_int_equal(status, 200);
    assert_int_equal(ud_http_content_length(first), 3);
    assert_int_equal(ud_http_perform(http, &b, &two, NULL), UD_OK);
    assert_int_equal(ud_http_await_done(first, &one, NULL), UD_OK);
    assert_string_equal(one.body.data, "one");
    assert_string_equal(two.body.data, "two");
    ud_http_response_done(&one);
    ud_http_response_done(&two);
    ud_http_transfer_free(first);
    ud_http_free(http);
    ud_endpoint_done(&ep);
    scripted_engine_stop(script);
}

/* What happens on the way to an engine is told as the engine's, and to a server as the
 * sources': `io` is this machine alone. */
static void a_stall_is_not_this_machines(void **state)
{
    (void)state;
    static const struct script_rule cases[] = {
        {.method = "GET", .path = "/", .stall = true},
        {.method = "GET", .path = "/", .framing = SCRIPT_CLOSE, .body = "x", .stall_body = true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int web = 0; web < 2; web++) {
            struct scripted_engine *script = scripted_engine_start(&cases[i], 1, true);
            const char *address = scripted_engine_endpoint(script) + strlen("tcp://");
            struct ud_endpoint ep = {0};
            struct ud_http *http = NULL;
            struct ud_error err = {0};
            struct ud_http_response response = {0};
            char url[100];
            (void)snprintf(url, sizeof url, "http://%s/", address);
            assert_int_equal(ud_endpoint_parse(address, false, "x", &ep, NULL), UD_OK);
            const struct ud_http_config config = {.endpoint = web ? NULL : &ep};
            assert_int_equal(ud_http_new(&config, &http, NULL), UD_OK);
            const struct ud_http_request request = {
                .method = "GET", .url = web ? url : "/", .stall_s = 1};
            assert_int_equal(ud_http_perform(http, &request, &response, &err),
                             web ? UD_ERR_SOURCE : UD_ERR_ENGINE);
            assert_non_null(strstr(err.message, "no byte moved for 1 s"));
            assert_non_null(strstr(err.remedy, web ? "network" : "docker info"));
            ud_http_free(http);
            ud_endpoint_done(&ep);
            scripted_engine_stop(script);
        }
    }
}

/* A machine that hangs still takes connections, and one that is gone says nothing either. */
static void a_silent_engine_is_asked_whether_it_is_there(void **state)
{
    (void)state;
    static const struct script_rule waits[] = {
        {.method = "POST", .path = "/x", .stall = true},
        {.method = "POST", .path = "/x", .framing = SCRIPT_CLOSE, .body = "x", .stall_body = true},
        {.method = "POST", .path = "/x", .body = "late", .delay_ms = 9000},
    };
    for (size_t i = 0; i < COUNT(waits); i++) {
        const bool there = waits[i].delay_ms != 0;
        const struct script_rule rules[] = {
            waits[i],
            {.method = "GET", .path = "/_ping", .stall = !there, .forever = true},
        };
        struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), i == 0);
        struct ud_endpoint ep = {0};
        struct ud_http *http = NULL;
        struct ud_error err = {0};
        struct ud_http_response response = {0};
        assert_int_equal(
            ud_endpoint_parse(scripted_engine_endpoint(script), false, "--host", &ep, NULL), UD_OK);
        /* One that is there has time to answer on a machine that does much else. */
        const struct ud_http_config config = {.endpoint = &ep, .silence_ms = there ? 2500 : 200};
        assert_int_equal(ud_http_new(&config, &http, NULL), UD_OK);
        const struct ud_http_request request = {.method = "POST", .url = "/x"};
        assert_int_equal(ud_http_perform(http, &request, &response, &err),
                         there ? UD_OK : UD_ERR_UNREACHABLE);
        if (there) {
            assert_string_equal(response.body.data, "late");
            assert_true(scripted_engine_seen(script, "GET", "/_ping") >= 2);
        } else {
            assert_non_null(strstr(err.message, "cannot reach the engine at "));
            assert_non_null(strstr(err.remedy, "docker info"));
        }
        ud_http_response_done(&response);
        ud_http_free(http);
        ud_endpoint_done(&ep);
        scripted_engine_stop(script);
    }
}

static void an_answer_that_takes_too_long_is_the_engines(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/", .framing = SCRIPT_CLOSE, .body = "x", .stall_body = true}};
    struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), false);
    struct ud_error err = {0};
    struct ud_http_response response = {0};
    assert_int_equal(get_from(scripted_engine_endpoint(script), "/", 300, &response, &err),
                     UD_ERR_ENGINE);
    assert_non_null(strstr(err.message, "no complete answer within"));
    scripted_engine_stop(script);
}

static enum ud_code forty(void *ctx, void *dst, size_t room, size_t *ret_len, struct ud_error *err)
{
    int *calls = ctx;
    (void)room;
    if ((*calls)++ == 3) {
        return ud_fail(err, UD_ERR_IO, NULL, "the file shrank");
    }
    memset(dst, 'x', 40);
    *ret_len = 40;
    return UD_OK;
}

static void a_sources_error_is_what_the_caller_gets(void **state)
{
    (void)state;
    const struct script_rule rules[] = {PONG, {.method = "PUT", .path = "/archive"}};
    for (int known = 0; known < 2; known++) {
        struct engine_fixture f;
        struct ud_error err = {0};
        int calls = 0;
        engine_fixture_init(&f, rules, COUNT(rules), true);
        const struct ud_source source = {forty, &calls, known ? 400 : UD_SOURCE_SIZE_UNKNOWN};
        assert_int_equal(ud_archive_put(f.engine, "c", "/x", &source, &err), UD_ERR_IO);
        assert_non_null(strstr(err.message, "the file shrank"));
        engine_fixture_done(&f);
    }
}

static void an_import_names_its_image(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG,
        {.method = "POST",
         .path = "/images/create?fromSrc=-&repo=r&tag=t&changes=LABEL%20",
         .framing = SCRIPT_CHUNKED,
         .body = "{\"status\":\"sha256:abc\"}\r\n"},
        {.method = "POST", .path = "/images/create", .framing = SCRIPT_CHUNKED, .body = "{}\r\n"},
    };
    struct engine_fixture f;
    struct ud_error err = {0};
    char *id = NULL;
    engine_fixture_init(&f, rules, COUNT(rules), true);
    struct ud_image_import import = {.repo = "r", .tag = "t"};
    ud_strv_add(&import.changes, "LABEL \"a\"=\"b\"");
    int calls = -1000;
    import.tar = (struct ud_source){forty, &calls, 40};
    assert_int_equal(ud_image_import(f.engine, &import, &id, &err), UD_OK);
    assert_string_equal(id, "sha256:abc");
    assert_int_equal(scripted_engine_request(f.script, 1)->body_len, 40);
    assert_int_equal(ud_image_import(f.engine, &import, NULL, &err), UD_ERR_PROTOCOL);
    free(id);
    ud_strv_done(&import.changes);
    engine_fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp_names_host_and_port),
        cmocka_unit_test(proxies_and_redirects_are_not_for_engines),
        cmocka_unit_test(a_deadline_is_kept),
        cmocka_unit_test(line_ends_cannot_be_smuggled),
        cmocka_unit_test(two_transfers_run_at_once),
        cmocka_unit_test(a_stall_is_not_this_machines),
        cmocka_unit_test(a_silent_engine_is_asked_whether_it_is_there),
        cmocka_unit_test(an_answer_that_takes_too_long_is_the_engines),
        cmocka_unit_test(a_sources_error_is_what_the_caller_gets),
        cmocka_unit_test(an_import_names_its_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
