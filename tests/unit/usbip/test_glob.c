#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "glob.h"

static bool fits(const char *pattern, const char *text)
{
    return ud_glob_fits(ud_slice_of(pattern), ud_slice_of(text));
}

static void plain_text_fits_itself_only(void **state)
{
    (void)state;
    assert_true(fits("", ""));
    assert_true(fits("abc", "abc"));
    assert_false(fits("abc", "ab"));
    assert_false(fits("ab", "abc"));
    assert_false(fits("abc", "aBc"));
    assert_false(fits("", "a"));
    assert_false(fits("a", ""));
}

static void stars_and_question_marks_stand_for_others(void **state)
{
    (void)state;
    assert_true(fits("*", ""));
    assert_true(fits("**", "x"));
    assert_true(fits("a*c", "ac"));
    assert_true(fits("a*c", "abcbc"));
    assert_false(fits("a*c", "abcb"));
    assert_true(fits("*ab*ab*", "xabxabx"));
    assert_false(fits("*ab*ab*", "xabxax"));
    assert_true(fits("a?c", "abc"));
    assert_false(fits("a?", "a"));
    assert_true(fits("*?", "a"));
    assert_false(fits("*?", ""));
}

static void sets_hold_characters_and_ranges(void **state)
{
    (void)state;
    assert_true(fits("[0-9a-f]", "c"));
    assert_false(fits("[0-9a-f]", "g"));
    assert_true(fits("x[ab]y", "xby"));
    assert_true(fits("[!0-9]", "x"));
    assert_false(fits("[^0-9]", "5"));
    assert_true(fits("[]a]", "]"));
    assert_true(fits("[a-]", "-"));
    assert_false(fits("[z-a]", "m"));
    assert_true(fits("*[3-5]", "123"));
    assert_false(fits("[ab]", ""));
    assert_true(fits("[\x80-\xff]", "\xc3"));
}

static void what_is_no_set_is_itself(void **state)
{
    (void)state;
    assert_true(fits("[", "["));
    assert_true(fits("[]", "[]"));
    assert_true(fits("[!]", "[!]"));
    assert_true(fits("a[b", "a[b"));
    assert_true(fits("\\*", "*"));
    assert_false(fits("\\*", "x"));
    assert_true(fits("\\", "\\"));
    assert_true(fits("]", "]"));
}

/* With one way back for each star, this would take longer than the world has lasted. */
static void many_stars_take_no_time(void **state)
{
    static char pattern[1001];
    static char text[1001];
    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        pattern[i] = i % 2 == 0 ? '*' : 'a';
        text[i] = 'a';
    }
    pattern[999] = 'b';
    assert_false(fits(pattern, text));
    memset(pattern, '[', 1000);
    memcpy(pattern, "*", 1);
    assert_false(fits(pattern, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_fits_itself_only),
        cmocka_unit_test(stars_and_question_marks_stand_for_others),
        cmocka_unit_test(sets_hold_characters_and_ranges),
        cmocka_unit_test(what_is_no_set_is_itself),
        cmocka_unit_test(many_stars_take_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
