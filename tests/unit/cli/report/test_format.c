#include "report/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void sizes_have_at_most_three_digits(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},
        {1, "1 B"},
        {999, "999 B"},
        {1000, "1.0 KiB"},
        {1024, "1.0 KiB"},
        {1536, "1.5 KiB"},
        {10239, "10 KiB"},
        {122880, "120 KiB"},
        {1023 * 1024, "1.0 MiB"},
        {1468006, "1.4 MiB"},
        {734003200, "700 MiB"},
        {UINT64_C(5) << 40, "5.0 TiB"},
        {UINT64_MAX, "16 EiB"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(ud_format_size(cases[i].bytes).text, cases[i].text);
    }
}

static void durations_change_unit_at_minutes_and_hours(void **state)
{
    static const struct {
        uint64_t ms;
        const char *text;
    } cases[] = {
        {0, "0.0 s"},
        {99, "0.0 s"},
        {12345, "12.3 s"},
        {59999, "59.9 s"},
        {60000, "1 min 00 s"},
        {125000, "2 min 05 s"},
        {3599999, "59 min 59 s"},
        {3720000, "1 h 02 min"},
        {UINT64_C(360000000), "100 h 00 min"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(ud_format_duration(cases[i].ms).text, cases[i].text);
    }
}

static void wrap(const char *text, size_t used, size_t indent, size_t width, const char *want)
{
    struct ud_buf out;
    ud_buf_init(&out, 4096);
    ud_text_wrap(&out, text, used, indent, width);
    assert_string_equal(out.data, want);
    ud_buf_done(&out);
}

static void paragraphs_are_broken_at_blanks(void **state)
{
    (void)state;
    wrap("", 0, 0, 10, "\n");
    wrap("one two three", 0, 0, 0, "one two three\n");
    wrap("one two three", 0, 0, 13, "one two three\n");
    wrap("one two three", 0, 0, 12, "one two\nthree\n");
    wrap("one two three", 0, 2, 7, "one two\n  three\n");
    wrap("one two three", 4, 4, 11, "one two\n    three\n");
    wrap("one  two\nthree ", 0, 0, 80, "one two three\n");
    wrap("a https://example.org/long b", 0, 1, 8, "a\n https://example.org/long\n b\n");
    wrap("\xc3\xa4\xc3\xa4\xc3\xa4 \xe2\x80\xa6 b", 0, 0, 5,
         "\xc3\xa4\xc3\xa4\xc3\xa4 \xe2\x80\xa6\nb\n");
}

static void columns_count_characters_and_cuts_respect_them(void **state)
{
    (void)state;
    assert_int_equal(ud_text_columns("\xe2\x9c\x94 ok"), 4);
    assert_int_equal(ud_text_fit("\xe2\x9c\x94 ok", 1), 3);
    assert_int_equal(ud_text_fit("\xe2\x9c\x94 ok", 2), 4);
    assert_int_equal(ud_text_fit("ok", 9), 2);
    assert_int_equal(ud_text_fit("ok", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_have_at_most_three_digits),
        cmocka_unit_test(durations_change_unit_at_minutes_and_hours),
        cmocka_unit_test(paragraphs_are_broken_at_blanks),
        cmocka_unit_test(columns_count_characters_and_cuts_respect_them),
    };
    return cmocka_run_group_tests_name("cli.format", tests, NULL, NULL);
}
