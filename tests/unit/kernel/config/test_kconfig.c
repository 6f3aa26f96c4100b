#include "kernel/config/kconfig.h"

#include "check.h"

static void finds_what_is_defined_and_skips_help(void **state)
{
    static const char text[] = "# SPDX-License-Identifier: GPL-2.0\n"
                               "menuconfig USB_SUPPORT\n"
                               "\tbool \"USB support\"\n"
                               "\thelp\n"
                               "\t  This says\n"
                               "\t  config NOT_THIS\n"
                               "\n"
                               "\t  config NOR_THIS\n"
                               "config USB_COMMON\n"
                               "\ttristate\n"
                               "if USB_SUPPORT\n"
                               "\n"
                               "  config USB # the host side\n"
                               "\ttristate \"Host-side USB\"\n"
                               "\t---help---\n"
                               "\t  menuconfig NEITHER\n"
                               "choice\n"
                               "\tconfig USB_IN_CHOICE\n"
                               "endchoice\n"
                               "config\n"
                               "config a-b\n"
                               "configuration X\n"
                               "endif";
    static const char *const expected[] = {"USB_SUPPORT", "USB_COMMON", "USB", "USB_IN_CHOICE"};
    struct ud_strv symbols = {0};
    (void)state;
    ud_kconfig_symbols(text, strlen(text), &symbols);
    assert_int_equal(symbols.len, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_string_equal(symbols.items[i], expected[i]);
    }
    ud_strv_done(&symbols);
}

static void an_empty_text_defines_nothing(void **state)
{
    struct ud_strv symbols = {0};
    (void)state;
    ud_kconfig_symbols("", 0, &symbols);
    assert_int_equal(symbols.len, 0);
    ud_strv_done(&symbols);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_defined_and_skips_help),
        cmocka_unit_test(an_empty_text_defines_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
