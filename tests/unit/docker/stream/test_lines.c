#include "docker/stream/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/strv.h"

static void keep(void *ctx, const char *line)
{
    ud_strv_add(ctx, line);
}

static void expect_lines(struct ud_strv *seen, const char *expected)
{
    char *text = ud_strv_join(seen, "|");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(seen);
}

/* Wherever the pieces are cut. */
static void pieces_become_lines(void **state)
{
    static const char text[] = "one\r\n\ntwo\nthree and more\nrest";
    (void)state;
    for (size_t piece = 1; piece < sizeof text; piece++) {
        struct ud_strv seen = {0};
        struct ud_lines lines;
        ud_lines_init(&lines, 9, keep, &seen);
        const struct ud_sink sink = ud_lines_sink(&lines);
        for (size_t at = 0; at < sizeof text - 1; at += piece) {
            const size_t left = sizeof text - 1 - at;
            assert_int_equal(ud_sink_write(&sink, text + at, left < piece ? left : piece, NULL),
                             UD_OK);
        }
        ud_lines_end(&lines);
        ud_lines_end(&lines); /* there is no more */
        expect_lines(&seen, "one||two|three and|rest");
        ud_lines_done(&lines);
    }
}

static void another_stream_begins_anew(void **state)
{
    struct ud_strv seen = {0};
    struct ud_lines lines;
    (void)state;
    ud_lines_init(&lines, 100, keep, &seen);
    const struct ud_sink sink = ud_lines_sink(&lines);
    assert_int_equal(ud_sink_write(&sink, "half", 4, NULL), UD_OK);
    ud_lines_begin_anew(&lines);
    assert_int_equal(ud_sink_write(&sink, "whole\n", 6, NULL), UD_OK);
    ud_lines_end(&lines);
    expect_lines(&seen, "whole");
    ud_lines_done(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_become_lines),
        cmocka_unit_test(another_stream_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
