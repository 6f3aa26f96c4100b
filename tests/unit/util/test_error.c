#include "util/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void fail_fills_code_message_and_remedy(void **state)
{
    (void)state;
    struct ud_error err = {0};
    assert_int_equal(ud_fail(&err, UD_ERR_IO, "Free some space.", "cannot write %s", "a"),
                     UD_ERR_IO);
    assert_int_equal(err.code, UD_ERR_IO);
    assert_string_equal(err.message, "cannot write a");
    assert_string_equal(err.remedy, "Free some space.");
}

static void fail_accepts_no_error_object(void **state)
{
    (void)state;
    assert_int_equal(ud_fail(NULL, UD_ERR_IO, NULL, "x"), UD_ERR_IO);
    ud_error_prefix(NULL, "x");
    ud_error_remedy(NULL, "x");
}

static void a_new_failure_forgets_the_old_remedy(void **state)
{
    (void)state;
    struct ud_error err = {0};
    (void)ud_fail(&err, UD_ERR_IO, "Old.", "old");
    (void)ud_fail(&err, UD_ERR_IO, NULL, "new");
    assert_string_equal(err.remedy, "");
}

static void prefix_puts_context_before_the_message(void **state)
{
    (void)state;
    struct ud_error err = {0};
    (void)ud_fail(&err, UD_ERR_UNFIT, NULL, "release differs");
    ud_error_prefix(&err, "module %s", "vhci-hcd");
    assert_string_equal(err.message, "module vhci-hcd: release differs");
    assert_int_equal(err.code, UD_ERR_UNFIT);
}

static void a_cut_text_ends_at_a_character(void **state)
{
    (void)state;
    struct ud_error err = {0};
    char text[3000];
    for (size_t i = 0; i + 1 < sizeof text; i += 2) {
        memcpy(text + i, "\xc3\xa9", 2); /* é: an odd limit would split it */
    }
    text[sizeof text - 2] = '\0';
    for (int pad = 0; pad < 3; pad++) {
        (void)ud_fail(&err, UD_ERR_IO, NULL, "%.*s%s", pad, "xx", text);
        unsigned char last = (unsigned char)err.message[strlen(err.message) - 1];
        assert_int_equal(last, 0xa9);
    }
}

static void exit_codes_are_distinct_and_documented_values(void **state)
{
    (void)state;
    assert_int_equal(ud_error_exit_code(UD_OK), 0);
    assert_int_equal(ud_error_exit_code(UD_ERR_USAGE), 2);
    assert_int_equal(ud_error_exit_code(UD_ERR_INTERRUPTED), 130);
    assert_int_equal(ud_error_named("refuse"), UD_CODE_COUNT);
    assert_int_equal(ud_error_named(""), UD_CODE_COUNT);
    for (int a = 0; a < UD_CODE_COUNT; a++) {
        assert_int_equal(ud_error_named(ud_error_name((enum ud_code)a)), a);
        for (int b = 0; b < a; b++) {
            assert_int_not_equal(ud_error_exit_code((enum ud_code)a),
                                 ud_error_exit_code((enum ud_code)b));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_fills_code_message_and_remedy),
        cmocka_unit_test(fail_accepts_no_error_object),
        cmocka_unit_test(a_new_failure_forgets_the_old_remedy),
        cmocka_unit_test(prefix_puts_context_before_the_message),
        cmocka_unit_test(a_cut_text_ends_at_a_character),
        cmocka_unit_test(exit_codes_are_distinct_and_documented_values),
    };
    return cmocka_run_group_tests_name("util.error", tests, NULL, NULL);
}
