#include "docker/engine/jsonlines.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static enum ud_code take(void *ctx, const char *text, size_t len, struct ud_error *err)
{
    if (strcmp(text, "fail") == 0) {
        return ud_fail(err, UD_ERR_ENGINE, NULL, "failed");
    }
    assert_int_equal(strlen(text), len);
    ud_buf_addf(ctx, "<%s>", text);
    return UD_OK;
}

static void lines_may_be_split_anywhere(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":1}\r\n\r\n\n{\"b\":2}\n{\"c\":3}";
    for (size_t cut = 0; cut < sizeof text; cut++) {
        struct ud_buf seen;
        struct ud_jsonlines lines;
        ud_buf_init(&seen, 100);
        ud_jsonlines_init(&lines, 20, take, &seen);
        assert_int_equal(ud_jsonlines_feed(&lines, text, cut, NULL), UD_OK);
        assert_int_equal(ud_jsonlines_feed(&lines, text + cut, sizeof text - 1 - cut, NULL), UD_OK);
        assert_int_equal(ud_jsonlines_finish(&lines, NULL), UD_OK);
        assert_string_equal(seen.data, "<{\"a\":1}><{\"b\":2}><{\"c\":3}>");
        ud_jsonlines_done(&lines);
        ud_buf_done(&seen);
    }
}

static void a_line_has_a_maximum(void **state)
{
    (void)state;
    struct ud_buf seen;
    struct ud_jsonlines lines;
    struct ud_error err = {0};
    ud_buf_init(&seen, 100);
    ud_jsonlines_init(&lines, 4, take, &seen);
    assert_int_equal(ud_jsonlines_feed(&lines, "1234\n", 5, &err), UD_OK);
    assert_int_equal(ud_jsonlines_feed(&lines, "12345", 5, &err), UD_ERR_PROTOCOL);
    assert_string_equal(seen.data, "<1234>");
    ud_jsonlines_done(&lines);
    ud_buf_done(&seen);
}

static void an_error_ends_it(void **state)
{
    (void)state;
    struct ud_buf seen;
    struct ud_jsonlines lines;
    struct ud_error err = {0};
    ud_buf_init(&seen, 100);
    ud_jsonlines_init(&lines, 10, take, &seen);
    assert_int_equal(ud_jsonlines_feed(&lines, "a\nfail\nb\n", 9, &err), UD_ERR_ENGINE);
    assert_string_equal(seen.data, "<a>");
    ud_jsonlines_done(&lines);
    ud_buf_done(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_may_be_split_anywhere),
        cmocka_unit_test(a_line_has_a_maximum),
        cmocka_unit_test(an_error_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
