#include "head.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static enum ud_code feed(struct ud_head *head, const char *text, size_t piece, size_t *ret_used)
{
    size_t len = strlen(text);
    *ret_used = 0;
    for (size_t at = 0; at < len && !head->done; at += piece) {
        size_t used = 0;
        size_t part = len - at < piece ? len - at : piece;
        enum ud_code rc = ud_head_feed(head, text + at, part, &used, NULL);
        if (rc != UD_OK) {
            return rc;
        }
        *ret_used += used;
    }
    return UD_OK;
}

static void a_header_ends_where_the_stream_begins(void **state)
{
    static const char text[] = "HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\nA: b\n\r\nstream\r\n\r\n";
    (void)state;
    for (size_t piece = 1; piece < sizeof text; piece++) {
        struct ud_head head;
        size_t used = 0;
        ud_head_init(&head);
        assert_int_equal(feed(&head, text, piece, &used), UD_OK);
        assert_true(head.done);
        assert_int_equal(head.status, 101);
        assert_int_equal(head.headers.len, 2);
        assert_string_equal(head.headers.items[0], "Upgrade: tcp");
        assert_string_equal(head.headers.items[1], "A: b");
        assert_string_equal(text + used, "stream\r\n\r\n");
        ud_head_done(&head);
    }
}

static void interim_answers_are_passed_over(void **state)
{
    struct ud_head head;
    size_t used = 0;
    (void)state;
    ud_head_init(&head);
    assert_int_equal(
        feed(&head, "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 7, &used),
        UD_OK);
    assert_true(head.done);
    assert_int_equal(head.status, 200);
    assert_int_equal(head.headers.len, 0);
    ud_head_done(&head);
}

static void what_is_not_http_is_refused(void **state)
{
    static const char *const texts[] = {
        "SSH-2.0-x\r\n",  "\r\n",           "HTTP/1.1\r\n",    "HTTP/1.1 20\r\n",
        "HTTP/2 200\r\n", "HTTP/1.1 x\r\n", "HTTP/1.1 2000\n", "HTTP/1.1 099 x\r\n",
        "{}\n",           "HTTP/1.1  200\n"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ud_head head;
        size_t used = 0;
        ud_head_init(&head);
        assert_int_equal(feed(&head, texts[i], 100, &used), UD_ERR_PROTOCOL);
        ud_head_done(&head);
    }
}

static void a_header_has_a_maximum(void **state)
{
    static char line[UD_HEAD_BYTES_MAX + 2];
    struct ud_head head;
    struct ud_error err = {0};
    size_t used = 0;
    (void)state;
    memset(line, 'x', sizeof line);
    ud_head_init(&head);
    assert_int_equal(ud_head_feed(&head, line, UD_HEAD_BYTES_MAX, &used, &err), UD_OK);
    assert_int_equal(ud_head_feed(&head, line, 1, &used, &err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(err.message, "64 KiB"));
    ud_head_done(&head);
    ud_head_init(&head);
    assert_int_equal(ud_head_feed(&head, line, sizeof line, &used, &err), UD_ERR_PROTOCOL);
    ud_head_done(&head);
}

static void chunks_are_joined_as_far_as_they_are_there(void **state)
{
    static const struct {
        const char *text;
        const char *content;
        bool whole;
    } cases[] = {
        {"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde", true},
        {"3;x=y\r\nabc\r\n", "abc", false},
        {"A\r\nabc", "abc", false},
        {"3\nabc\n0\n", "abc", true},
        {"", "", false},
        {"3", "", false},
        {"zz\r\nabc", "", true},
        {"ffffffff\r\nab", "ab", false},
        {"0\r\n", "", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char data[64];
        bool whole = false;
        (void)snprintf(data, sizeof data, "%s", cases[i].text);
        size_t len = ud_head_unchunk(data, strlen(data), &whole);
        assert_int_equal(len, strlen(cases[i].content));
        assert_memory_equal(data, cases[i].content, len);
        assert_int_equal(whole, cases[i].whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_ends_where_the_stream_begins),
        cmocka_unit_test(interim_answers_are_passed_over),
        cmocka_unit_test(what_is_not_http_is_refused),
        cmocka_unit_test(a_header_has_a_maximum),
        cmocka_unit_test(chunks_are_joined_as_far_as_they_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
