#include "util/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/strv.h"

static void lines_end_with_lf_crlf_or_the_text(void **state)
{
    (void)state;
    struct ud_slice rest = ud_slice_of("a\r\n\nlast");
    struct ud_slice line;
    assert_true(ud_str_next_line(&rest, &line));
    assert_true(ud_slice_equals(line, "a"));
    assert_true(ud_str_next_line(&rest, &line));
    assert_int_equal(line.len, 0);
    assert_true(ud_str_next_line(&rest, &line));
    assert_true(ud_slice_equals(line, "last"));
    assert_false(ud_str_next_line(&rest, &line));
}

static void numbers_are_the_whole_text_and_fit(void **state)
{
    (void)state;
    uint64_t value = 7;
    assert_true(ud_str_to_u64("18446744073709551615", &value));
    assert_true(value == UINT64_MAX);
    assert_false(ud_str_to_u64("18446744073709551616", &value));
    assert_false(ud_str_to_u64("", &value));
    assert_false(ud_str_to_u64("1 ", &value));
    assert_false(ud_str_to_u64("-1", &value));
    uint32_t crc = 0;
    assert_true(ud_slice_hex_to_u32(ud_slice_of("0xDeadBeef"), &crc));
    assert_true(crc == 0xdeadbeef);
    assert_false(ud_slice_hex_to_u32(ud_slice_of("0x"), &crc));
    assert_false(ud_slice_hex_to_u32(ud_slice_of("123456789"), &crc));
}

static void sanitizing_leaves_text_and_disarms_controls(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *out;
    } cases[] = {
        {"plain \xc3\xa9 \xe2\x9c\x94 \xf0\x9f\x94\x8c\ttab\nline",
         "plain \xc3\xa9 \xe2\x9c\x94 \xf0\x9f\x94\x8c\ttab\nline"},
        {"\x1b[31mred\x07", "?[31mred?"},
        {"c1 \xc2\x9b", "c1 ??"},
        {"\r\x7f", "??"},
        {"bad \xff\xc0\xaf", "bad ???"},
        {"surrogate \xed\xa0\x80", "surrogate ???"},
        {"cut \xe2\x9c", "cut ??"},
        /* right-to-left override and isolate, zero-width space, mark of the byte order, the
         * line's end, Arabic letter mark, a tag */
        {"a\xe2\x80\xaeko.exe", "a???ko.exe"},
        {"a\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf", "a?????????"},
        {"a\xe2\x80\xa8\xd8\x9c\xf3\xa0\x81\x81z", "a?????????z"},
        {"quotes \xe2\x80\x9c\xe2\x80\x9d, \xe2\x80\xa6, \xd7\xa9\xd7\x9c, \xef\xb8\x8f",
         "quotes \xe2\x80\x9c\xe2\x80\x9d, \xe2\x80\xa6, \xd7\xa9\xd7\x9c, \xef\xb8\x8f"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        memcpy(text, cases[i].in, strlen(cases[i].in) + 1);
        ud_str_sanitize(text);
        assert_string_equal(text, cases[i].out);
    }
}

static void prefixes_suffixes_and_case(void **state)
{
    (void)state;
    assert_true(ud_str_starts("usbip-core", "usbip"));
    assert_false(ud_str_starts("us", "usbip"));
    assert_true(ud_str_ends("a.ko.xz", ".xz"));
    assert_false(ud_str_ends("xz", ".xz"));
    assert_true(ud_str_equal_nocase("Basic", "bASIC"));
    assert_false(ud_str_equal_nocase("Basic", "Basics"));
}

static void lists_sort_join_and_stay_null_terminated(void **state)
{
    (void)state;
    struct ud_strv list = {0};
    ud_strv_add(&list, "b");
    ud_strv_addf(&list, "%c", 'a');
    ud_strv_addn(&list, "bcd", 1);
    ud_strv_sort_unique(&list);
    assert_int_equal(list.len, 2);
    assert_null(list.items[2]);
    assert_true(ud_strv_has(&list, "b"));
    assert_false(ud_strv_has(&list, "c"));
    char *text = ud_strv_join(&list, ", ");
    assert_string_equal(text, "a, b");
    free(text);
    ud_strv_done(&list);
}

static void names_are_found_in_a_sorted_list(void **state)
{
    (void)state;
    struct ud_strv list = {0};
    size_t at = 9;
    assert_false(ud_strv_find_sorted(&list, "a", &at));
    for (int i = 0; i < 26; i += 2) {
        ud_strv_addf(&list, "%c", 'y' - i);
    }
    ud_strv_sort_unique(&list);
    assert_false(ud_strv_find_sorted(&list, "", &at));
    assert_false(ud_strv_find_sorted(&list, "b", &at));
    assert_false(ud_strv_find_sorted(&list, "ab", &at));
    assert_false(ud_strv_find_sorted(&list, "z", &at));
    assert_int_equal(at, 9); /* only written when it is there */
    for (size_t i = 0; i < list.len; i++) {
        assert_true(ud_strv_find_sorted(&list, list.items[i], &at));
        assert_int_equal(at, i);
    }
    assert_true(ud_strv_find_sorted(&list, "y", NULL));
    ud_strv_done(&list);
}

static void words_and_controls_are_found_anywhere(void **state)
{
    const struct ud_slice slice = {"abcdef", 4};
    (void)state;
    assert_true(ud_slice_has(slice, "abcd"));
    assert_true(ud_slice_has(slice, "d"));
    assert_true(ud_slice_has(slice, ""));
    assert_false(ud_slice_has(slice, "de"));
    assert_false(ud_slice_has((struct ud_slice){0}, "a"));
    assert_false(ud_str_has_control(""));
    assert_false(ud_str_has_control("plain \xc3\xa9 ~"));
    assert_true(ud_str_has_control("a\tb"));
    assert_true(ud_str_has_control("end\n"));
    assert_true(ud_str_has_control("\x7f"));
    assert_true(ud_str_has_control("\x01"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_with_lf_crlf_or_the_text),
        cmocka_unit_test(numbers_are_the_whole_text_and_fit),
        cmocka_unit_test(sanitizing_leaves_text_and_disarms_controls),
        cmocka_unit_test(prefixes_suffixes_and_case),
        cmocka_unit_test(words_and_controls_are_found_anywhere),
        cmocka_unit_test(lists_sort_join_and_stay_null_terminated),
        cmocka_unit_test(names_are_found_in_a_sorted_list),
    };
    return cmocka_run_group_tests_name("util.str", tests, NULL, NULL);
}
