#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bundle/usb_ids.h"
#include "util/str.h"

static void expect_line(const struct ud_buf *text, const char *line)
{
    if (strstr(text->data, line) == NULL) {
        fail_msg("usb.ids lacks: %s", line);
    }
}

static void the_names_are_in_the_program(void **state)
{
    struct ud_buf text;
    struct ud_error err = {0};
    (void)state;
    ud_buf_init(&text, UD_USB_IDS_MAX);
    if (ud_usb_ids_text(&text, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_memory_equal(text.data, "0001  ", 6);
    expect_line(&text, "\n0403  Future Technology Devices International, Ltd\n");
    expect_line(&text, "\n\t6001  FT232 Serial (UART) IC\n");
    expect_line(&text, "\n10c4  Silicon Labs\n");
    expect_line(&text, "SideWinder\xc2\xae Freestyle Pro\n");
    expect_line(&text, "\nC 08  Mass Storage\n\t01  RBC");
    ud_buf_done(&text);
}

/* Every line is a vendor's, a product's or a class's, or below one of these. */
static void nothing_else_is_in_it(void **state)
{
    struct ud_buf text;
    struct ud_slice line;
    size_t count = 0;
    (void)state;
    ud_buf_init(&text, UD_USB_IDS_MAX);
    assert_int_equal(ud_usb_ids_text(&text, NULL), UD_OK);
    struct ud_slice rest = {text.data, text.len};
    for (; ud_str_next_line(&rest, &line); count++) {
        bool class = ud_slice_starts(line, "C ");
        bool below = ud_slice_starts(line, "\t");
        size_t at = class ? 2 : 0;
        bool entry = line.len > at && strchr("0123456789abcdef", line.ptr[at]) != NULL;
        if (!below && !entry) {
            fail_msg("%.*s", (int)line.len, line.ptr);
        }
    }
    assert_true(count > 20000);
    ud_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_names_are_in_the_program),
        cmocka_unit_test(nothing_else_is_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
