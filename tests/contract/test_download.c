/* Downloads from the web: what is checked, what is tried again, and what it is told as. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "transport/download.h"
#include "transport/http.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

static enum ud_code fetch(const char *base, const char *path, uint64_t max, struct ud_buf *ret,
                          struct ud_error *err)
{
    struct ud_http *web = NULL;
    char url[200];
    uint64_t len = 0;
    (void)snprintf(url, sizeof url, "http://%s%s", base + strlen("tcp://"), path);
    assert_int_equal(ud_http_new(&(struct ud_http_config){0}, &web, NULL), UD_OK);
    const struct ud_url from = {.secret = url, .shown = url};
    const struct ud_download download = {.url = &from, .sink = {buffer_sink, ret}, .max = max};
    enum ud_code rc = ud_download(web, &download, &len, err);
    assert_true(rc != UD_OK || len == ret->len);
    ud_http_free(web);
    return rc;
}

static void a_download_follows_redirects_and_checks(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET",
         .path = "/old",
         .status = 302,
         .headers = "Location: /new\r\n",
         .body = "moved"},
        {.method = "GET",
         .path = "/new",
         .type = "application/x-xz",
         .body = "content",
         .piece = 2},
        {.method = "GET", .path = "/big", .body = "content"},
        {.method = "GET", .path = "/long", .body = "content", .framing = SCRIPT_CHUNKED},
        {.method = "GET", .path = "/gone", .status = 404, .body = "no"},
        {.method = "GET", .path = "/broken", .status = 500, .body = "no"},
        {.method = "GET",
         .path = "/loop",
         .status = 302,
         .headers = "Location: /loop\r\n",
         .forever = true},
    };
    static const struct {
        const char *path;
        enum ud_code rc;
    } cases[] = {{"/big", UD_ERR_SOURCE},
                 {"/long", UD_ERR_SOURCE},
                 {"/gone", UD_ERR_NOT_FOUND},
                 {"/broken", UD_ERR_SOURCE},
                 {"/loop", UD_ERR_SOURCE}};
    struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), true);
    const char *base = scripted_engine_endpoint(script);
    struct ud_buf got;
    struct ud_error err = {0};
    ud_buf_init(&got, 1000);
    assert_int_equal(fetch(base, "/old", 7, &got, &err), UD_OK);
    assert_string_equal(got.data, "content");
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(fetch(base, cases[i].path, 6, &got, &err), cases[i].rc);
        assert_int_equal(scripted_engine_seen(script, "GET", cases[i].path),
                         strcmp(cases[i].path, "/loop") == 0 ? 11 : 1);
    }
    assert_int_equal(fetch("tcp://127.0.0.1:1", "/", 0, &got, &err), UD_ERR_SOURCE);
    ud_buf_done(&got);
    scripted_engine_stop(script);
}

/* The body of an answer of the script begins after this many bytes. */
static size_t head_len(const char *headers, size_t body_len)
{
    char head[500];
    return (size_t)snprintf(head, sizeof head,
                            "HTTP/1.1 200 Scripted\r\nContent-Type: application/json\r\n%s"
                            "Content-Length: %zu\r\n\r\n",
                            headers, body_len);
}

#define TAGGED "ETag: \"one\"\r\n"
#define DATED "Last-Modified: Mon, 02 Jan 2023 03:04:05 GMT\r\n"

static void a_cut_download_is_gone_on_with(void **state)
{
    (void)state;
    static const char *const known_by[] = {TAGGED, DATED};
    static const char *const asked_with[] = {"If-Range: \"one\"\r\n",
                                             "If-Range: Mon, 02 Jan 2023 03:04:05 GMT\r\n"};
    for (size_t i = 0; i < COUNT(known_by); i++) {
        char third[200];
        (void)snprintf(third, sizeof third, "%sContent-Range: bytes 5-9/10\r\n", known_by[i]);
        const struct script_rule rules[] = {
            {.method = "GET",
             .path = "/x",
             .headers = known_by[i],
             .body = "0123456789",
             .cut_after = head_len(known_by[i], 10) + 5},
            {.method = "GET", .path = "/x", .drop = true},
            {.method = "GET", .path = "/x", .status = 206, .headers = third, .body = "56789"},
        };
        struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), true);
        struct ud_buf got;
        struct ud_error err = {0};
        ud_buf_init(&got, 100);
        assert_int_equal(fetch(scripted_engine_endpoint(script), "/x", 0, &got, &err), UD_OK);
        assert_string_equal(got.data, "0123456789");
        assert_int_equal(err.code, UD_OK);
        assert_int_equal(scripted_engine_count(script), 3);
        assert_null(strstr(scripted_engine_request(script, 0)->head, "Range:"));
        for (size_t n = 1; n < 3; n++) {
            const char *head = scripted_engine_request(script, n)->head;
            assert_non_null(strstr(head, "\r\nRange: bytes=5-\r\n"));
            assert_non_null(strstr(head, asked_with[i]));
        }
        ud_buf_done(&got);
        scripted_engine_stop(script);
    }
}

/* What comes second, after "01234" of "0123456789" and the ETag "one". */
static enum ud_code go_on_with(struct script_rule second, struct ud_buf *got, struct ud_error *err)
{
    second.method = "GET";
    second.path = "/x";
    const struct script_rule rules[] = {
        {.method = "GET",
         .path = "/x",
         .headers = TAGGED,
         .body = "0123456789",
         .cut_after = head_len(TAGGED, 10) + 5},
        second,
    };
    struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), true);
    ud_buf_init(got, 100);
    enum ud_code rc = fetch(scripted_engine_endpoint(script), "/x", 0, got, err);
    assert_int_equal(scripted_engine_count(script), 2);
    scripted_engine_stop(script);
    return rc;
}

static void a_server_without_ranges_sends_it_all_again(void **state)
{
    (void)state;
    struct ud_buf got;
    struct ud_error err = {0};
    for (size_t piece = 0; piece < 11; piece += 3) {
        const struct script_rule all = {.headers = TAGGED, .body = "0123456789", .piece = piece};
        assert_int_equal(go_on_with(all, &got, &err), UD_OK);
        assert_string_equal(got.data, "0123456789");
        ud_buf_done(&got);
    }
}

static enum ud_code forget(void *ctx, struct ud_error *err)
{
    (void)err;
    ud_buf_clear(ctx);
    return UD_OK;
}

/* As archives that are made for each request: nothing tells whether two are of the same bytes. */
static void what_cannot_be_known_again_begins_anew(void **state)
{
    static const char *const headers[] = {"", "ETag: W/\"one\"\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++) {
        const struct script_rule rules[] = {
            {.method = "GET",
             .path = "/x",
             .headers = headers[i],
             .body = "0123456789",
             .cut_after = head_len(headers[i], 10) + 5},
            {.method = "GET", .path = "/x", .headers = headers[i], .body = "abcdefghij"},
        };
        struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), true);
        struct ud_http *web = NULL;
        struct ud_error err = {0};
        struct ud_buf got;
        char url[200];
        uint64_t len = 0;
        ud_buf_init(&got, 100);
        (void)snprintf(url, sizeof url, "http://%s/x",
                       scripted_engine_endpoint(script) + strlen("tcp://"));
        assert_int_equal(ud_http_new(&(struct ud_http_config){0}, &web, NULL), UD_OK);
        const struct ud_url from = {.secret = url, .shown = url};
        const struct ud_download download = {
            .url = &from, .sink = {buffer_sink, &got}, .forget = forget};
        assert_int_equal(ud_download(web, &download, &len, &err), UD_OK);
        assert_string_equal(got.data, "abcdefghij");
        assert_true(len == 10);
        assert_null(strstr(scripted_engine_request(script, 1)->head, "Range"));
        ud_http_free(web);
        ud_buf_done(&got);
        scripted_engine_stop(script);
    }
}

static void two_files_are_not_mixed(void **state)
{
    (void)state;
    static const struct {
        struct script_rule second;
        const char *said;
    } cases[] = {
        {{.headers = "ETag: \"two\"\r\n", .body = "abcdefghij"}, "something else"},
        {{.headers = "ETag: W/\"one\"\r\n", .body = "abcdefghij"}, "something else"},
        {{.body = "abcdefghij"}, "something else"},
        {{.headers = TAGGED, .body = "012"}, "something else"},
        {{.status = 206,
          .headers = "ETag: \"two\"\r\nContent-Range: bytes 5-9/10\r\n",
          .body = "fghij"},
         "something else"},
        {{.status = 206, .headers = TAGGED "Content-Range: bytes 4-9/10\r\n", .body = "efghij"},
         "another part"},
        {{.status = 206, .headers = TAGGED, .body = "fghij"}, "another part"},
        {{.status = 416, .headers = TAGGED}, "HTTP 416"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_buf got;
        struct ud_error err = {0};
        assert_int_equal(go_on_with(cases[i].second, &got, &err), UD_ERR_SOURCE);
        assert_non_null(strstr(err.message, cases[i].said));
        assert_string_not_equal(err.remedy, "");
        assert_string_equal(got.data, "01234");
        ud_buf_done(&got);
    }
}

static void a_part_that_nobody_asked_for_is_no_file(void **state)
{
    (void)state;
    const struct script_rule rules[] = {{.method = "GET",
                                         .path = "/x",
                                         .status = 206,
                                         .headers = "Content-Range: bytes 0-4/10\r\n",
                                         .body = "01234"}};
    struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), true);
    struct ud_buf got;
    struct ud_error err = {0};
    ud_buf_init(&got, 100);
    assert_int_equal(fetch(scripted_engine_endpoint(script), "/x", 0, &got, &err), UD_ERR_SOURCE);
    assert_int_equal(got.len, 0);
    ud_buf_done(&got);
    scripted_engine_stop(script);
}

/* A download that breaks off each time. */
static void assert_broken(struct script_rule rule, size_t tries, const char *said)
{
    rule.method = "GET";
    rule.path = "/x";
    rule.forever = true;
    struct scripted_engine *script = scripted_engine_start(&rule, 1, true);
    struct ud_buf got;
    struct ud_error err = {0};
    ud_buf_init(&got, 100);
    assert_int_equal(fetch(scripted_engine_endpoint(script), "/x", 0, &got, &err), UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, said));
    assert_non_null(strstr(err.remedy, "network"));
    assert_int_equal(scripted_engine_count(script), tries);
    ud_buf_done(&got);
    scripted_engine_stop(script);
}

static void what_breaks_off_is_tried_three_times(void **state)
{
    (void)state;
    assert_broken((struct script_rule){.drop = true}, UD_DOWNLOAD_TRIES, "without an answer");
    assert_broken((struct script_rule){.body = "content", .cut_after = 20}, UD_DOWNLOAD_TRIES,
                  "without an answer");
    /* Without a name or date of the file, a part of it is a part of nobody knows what. */
    assert_broken((struct script_rule){.body = "content", .cut_after = head_len("", 7) + 2}, 1,
                  "truncated answer");
}

static void what_is_announced_too_large_is_not_begun(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET",
         .path = "/x",
         .framing = SCRIPT_RAW,
         .body = "HTTP/1.1 200 OK\r\nContent-Length: 4294967297\r\n\r\ncontent"}};
    struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), true);
    struct ud_buf got;
    struct ud_error err = {0};
    ud_buf_init(&got, 100);
    assert_int_equal(fetch(scripted_engine_endpoint(script), "/x", 0, &got, &err), UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "larger than 4294967296 bytes"));
    assert_int_equal(got.len, 0);
    ud_buf_done(&got);
    scripted_engine_stop(script);
}

static enum ud_code full_disk(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    (void)ctx;
    (void)data;
    (void)len;
    return ud_fail(err, UD_ERR_IO, "Free some space.", "cannot write");
}

static void a_full_disk_is_this_machines(void **state)
{
    (void)state;
    const struct script_rule rules[] = {{.method = "GET", .path = "/x", .body = "content"}};
    struct scripted_engine *script = scripted_engine_start(rules, COUNT(rules), true);
    struct ud_http *web = NULL;
    struct ud_error err = {0};
    char url[100];
    (void)snprintf(url, sizeof url, "http://%s/x",
                   scripted_engine_endpoint(script) + strlen("tcp://"));
    assert_int_equal(ud_http_new(&(struct ud_http_config){0}, &web, NULL), UD_OK);
    const struct ud_url from = {.secret = url, .shown = url};
    const struct ud_download download = {.url = &from, .sink = {full_disk, NULL}};
    assert_int_equal(ud_download(web, &download, NULL, &err), UD_ERR_IO);
    assert_string_equal(err.message, "cannot write");
    assert_int_equal(scripted_engine_count(script), 1);
    ud_http_free(web);
    scripted_engine_stop(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_download_follows_redirects_and_checks),
        cmocka_unit_test(a_cut_download_is_gone_on_with),
        cmocka_unit_test(a_server_without_ranges_sends_it_all_again),
        cmocka_unit_test(what_cannot_be_known_again_begins_anew),
        cmocka_unit_test(two_files_are_not_mixed),
        cmocka_unit_test(a_part_that_nobody_asked_for_is_no_file),
        cmocka_unit_test(what_breaks_off_is_tried_three_times),
        cmocka_unit_test(what_is_announced_too_large_is_not_begun),
        cmocka_unit_test(a_full_disk_is_this_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
