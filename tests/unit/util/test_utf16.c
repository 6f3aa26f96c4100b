#include "util/utf16.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *bytes;
    size_t len;
    const char *text; /* NULL: not well-formed */
} texts[] = {
    {BYTES("\xff\xfe"), ""},
    {BYTES("\xff\xfe{\0}\0"), "{}"},
    {BYTES("\xfe\xff\0{\0}"), "{}"},
    {BYTES("\xff\xfe\xe4\0\xac\x20"), "\xc3\xa4\xe2\x82\xac"},
    {BYTES("\xff\xfe\x3d\xd8\x00\xde"), "\xf0\x9f\x98\x80"},
    {BYTES("\xfe\xff\xdb\xff\xdf\xff"), "\xf4\x8f\xbf\xbf"},
    {BYTES("\xff\xfe{"), NULL},
    {BYTES("\xff\xfe\x3d\xd8"), NULL},
    {BYTES("\xff\xfe\x3d\xd8{\0"), NULL},
    {BYTES("\xff\xfe\x00\xde"), NULL},
};

static void the_text_is_the_same_in_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ud_buf text;
        ud_buf_init(&text, 100);
        assert_true(ud_utf16_is(texts[i].bytes, texts[i].len));
        assert_int_equal(ud_utf16_decode(texts[i].bytes, texts[i].len, &text),
                         texts[i].text != NULL);
        if (texts[i].text != NULL) {
            assert_string_equal(text.data, texts[i].text);
        }
        ud_buf_done(&text);
    }
}

static void other_text_has_no_mark(void **state)
{
    (void)state;
    assert_false(ud_utf16_is("", 0));
    assert_false(ud_utf16_is("\xff", 1));
    assert_false(ud_utf16_is("\xef\xbb\xbf{}", 5));
    assert_false(ud_utf16_is("{}", 2));
}

static void a_text_that_is_too_long_overflows(void **state)
{
    (void)state;
    struct ud_buf text;
    ud_buf_init(&text, 1);
    assert_true(ud_utf16_decode(BYTES("\xff\xfe{\0}\0"), &text));
    assert_true(text.overflow);
    ud_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_the_same_in_utf8),
        cmocka_unit_test(other_text_has_no_mark),
        cmocka_unit_test(a_text_that_is_too_long_overflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
