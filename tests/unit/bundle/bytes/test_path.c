#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bytes/path.h"
#include "srctree/toplevel.h"

static void assert_clean(const char *raw, const char *expected)
{
    char *clean = NULL;
    assert_int_equal(ud_path_clean(raw, &clean), UD_PATH_OK);
    assert_string_equal(clean, expected);
    free(clean);
}

static void paths_are_cleaned(void **state)
{
    (void)state;
    assert_clean("a/b", "a/b");
    assert_clean("./a//b/./c/", "a/b/c");
    assert_clean("./", "");
    assert_clean("", "");
    assert_clean("..a/b..", "..a/b..");
}

static void paths_that_leave_are_refused(void **state)
{
    (void)state;
    char *clean = NULL;
    assert_int_equal(ud_path_clean("/a", &clean), UD_PATH_ABSOLUTE);
    assert_int_equal(ud_path_clean("..", &clean), UD_PATH_UP);
    assert_int_equal(ud_path_clean("a/../b", &clean), UD_PATH_UP);
    assert_int_equal(ud_path_clean("a/..", &clean), UD_PATH_UP);
    assert_null(clean);
}

static void links_may_lead_within_only(void **state)
{
    (void)state;
    assert_true(ud_path_link_stays("a/b/c", "../../x"));
    assert_true(ud_path_link_stays("a/b/c", "../.."));
    assert_false(ud_path_link_stays("a/b/c", "../../.."));
    assert_true(ud_path_link_stays("a", "b/../c"));
    assert_false(ud_path_link_stays("a", "b/../../c"));
    assert_false(ud_path_link_stays("a", ".."));
    assert_false(ud_path_link_stays("a", "/etc"));
    assert_false(ud_path_link_stays("a", ""));
}

static void only_printable_ascii_counts(void **state)
{
    (void)state;
    assert_true(ud_path_is_ascii("a b~/c"));
    assert_false(ud_path_is_ascii(""));
    assert_false(ud_path_is_ascii("a\x1b"));
    assert_false(ud_path_is_ascii("\xc3\xa4"));
}

static void the_first_entry_decides_about_the_top(void **state)
{
    (void)state;
    static const struct {
        const char *first;
        bool is_dir;
        const char *rest;
    } cases[] = {
        {"linux-6.1", true, ""},
        {"linux-6.1/Makefile", false, "Makefile"},
        {"Makefile", false, "Makefile"},
        {"arch", true, "arch"},
        {"arch/Kconfig", false, "arch/Kconfig"},
        {"archives/x", false, "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ud_toplevel top = {0};
        const char *rest = NULL;
        assert_int_equal(ud_toplevel_strip(&top, "", true, &rest, NULL), UD_OK);
        assert_int_equal(ud_toplevel_strip(&top, cases[i].first, cases[i].is_dir, &rest, NULL),
                         UD_OK);
        assert_string_equal(rest, cases[i].rest);
        ud_toplevel_done(&top);
    }
}

static void what_is_beside_the_top_is_refused(void **state)
{
    (void)state;
    struct ud_toplevel top = {0};
    const char *rest = NULL;
    assert_int_equal(ud_toplevel_strip(&top, "linux/a", false, &rest, NULL), UD_OK);
    assert_int_equal(ud_toplevel_strip(&top, "linux2/a", false, &rest, NULL), UD_ERR_SOURCE);
    assert_int_equal(ud_toplevel_strip(&top, "linu", true, &rest, NULL), UD_ERR_SOURCE);
    ud_toplevel_done(&top);
    top.packaged = true;
    assert_int_equal(ud_toplevel_strip(&top, "usr/share/doc/README", false, &rest, NULL), UD_OK);
    assert_string_equal(rest, "");
    assert_int_equal(ud_toplevel_strip(&top, "usr/src/linux-6.12.0-1", true, &rest, NULL), UD_OK);
    assert_string_equal(rest, "");
    assert_int_equal(
        ud_toplevel_strip(&top, "usr/src/linux-6.12.0-1/usr/Kconfig", false, &rest, NULL), UD_OK);
    assert_string_equal(rest, "usr/Kconfig");
    assert_int_equal(ud_toplevel_strip(&top, "usr/src/linux", false, &rest, NULL), UD_OK);
    assert_string_equal(rest, "");
    assert_int_equal(ud_toplevel_strip(&top, "usr/src/linux-6.13/Makefile", false, &rest, NULL),
                     UD_ERR_SOURCE);
    ud_toplevel_done(&top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_cleaned),
        cmocka_unit_test(paths_that_leave_are_refused),
        cmocka_unit_test(links_may_lead_within_only),
        cmocka_unit_test(only_printable_ascii_counts),
        cmocka_unit_test(the_first_entry_decides_about_the_top),
        cmocka_unit_test(what_is_beside_the_top_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
