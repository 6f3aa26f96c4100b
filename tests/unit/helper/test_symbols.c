#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake.h"
#include "proto/ops.h"

#define SYMS "/proc/kallsyms"

static const char sample[] = "0000000000000000 A fixed_percpu_data\n"
                             "0000000000000000 T kfree\n"
                             "0000000000000000 t local_only\n"
                             "0000000000000000 t both\n"
                             "0000000000000000 T both\n"
                             "0000000000000000 d both\n"
                             "not a line\n"
                             "0000000000000000 T usb_get_dev\t[usbcore]\n"
                             "0000000000000000 t init_module\t[usbcore]\n"
                             "0000000000000000 T kernel_too\t[usbcore]\n"
                             "0000000000000000 T kernel_too\n"
                             "0000000000000000 r last";

static void names_are_looked_up_and_told_sorted(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, SYMS, sample);
    struct answer a = fake_run(&f, "symbols usb_get_dev kfree none local_only both kfree "
                                   "kernel_too init_module");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(a.text.data, "both present 0 T\n"
                                     "init_module present 0 t usbcore\n"
                                     "kernel_too present 0 T\n"
                                     "kfree present 0 T\n"
                                     "local_only present 0 t\n"
                                     "none absent 0 \n"
                                     "usb_get_dev present 0 T usbcore\n");
    answer_done(&a);
    fake_done(&f);
}

/* "symbols name_0 name_1 …", in new memory. */
static char *many_names(int count)
{
    struct ud_buf line;
    ud_buf_init(&line, 1 << 20);
    ud_buf_adds(&line, "symbols");
    for (int i = 0; i < count; i++) {
        ud_buf_addf(&line, " name_%d", i);
    }
    char *text = ud_buf_take(&line, NULL);
    ud_buf_done(&line);
    return text;
}

static void a_table_of_megabytes_is_read_across_all_borders(void **state)
{
    struct fake f;
    struct ud_buf buf;
    (void)state;
    fake_init(&f);
    ud_buf_init(&buf, 1 << 24);
    for (int i = 0; i < 40000; i++) {
        ud_buf_addf(&buf, "0000000000000000 T name_%d\n", i);
    }
    fake_write(&f, SYMS, buf.data, buf.len);
    ud_buf_done(&buf);
    char *line = many_names(8000);
    struct answer a = fake_run(&f, line);
    assert_int_equal(a.code, UD_OK);
    assert_has_not(&a, "absent");
    answer_done(&a);
    free(line);
    fake_done(&f);
}

static void an_endless_line_is_passed_over(void **state)
{
    struct fake f;
    char *text = ud_alloc(300001, 1);
    (void)state;
    fake_init(&f);
    memset(text, 'x', 300000);
    (void)snprintf(text + 299970, 31, "\n0000000000000000 T kfree\n");
    fake_text(&f, SYMS, text);
    struct answer a = fake_run(&f, "symbols kfree");
    assert_string_equal(a.text.data, "kfree present 0 T\n");
    answer_done(&a);
    free(text);
    fake_done(&f);
}

static void a_table_that_is_missing_or_empty_is_an_error(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    struct answer a = fake_run(&f, "symbols kfree");
    assert_int_equal(a.code, UD_ERR_FACTS);
    answer_done(&a);
    fake_text(&f, SYMS, "");
    a = fake_run(&f, "symbols kfree");
    assert_int_equal(a.code, UD_ERR_FACTS);
    assert_int_equal(a.text.len, 0);
    answer_done(&a);
    fake_done(&f);
}

static void bad_names_and_too_many_are_refused(void **state)
{
    char *many = many_names(UD_OPS_SYMBOLS_MAX + 1);
    const char *const bad[] = {"symbols",        "symbols a/b", "symbols @names",
                               "symbols good @", "symbols a;b", many};
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, SYMS, sample);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct answer a = fake_run(&f, bad[i]);
        if (a.code != UD_ERR_USAGE) {
            fail_msg("\"%.64s\" gave %d", bad[i], (int)a.code);
        }
        answer_done(&a);
    }
    free(many);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_looked_up_and_told_sorted),
        cmocka_unit_test(a_table_of_megabytes_is_read_across_all_borders),
        cmocka_unit_test(an_endless_line_is_passed_over),
        cmocka_unit_test(a_table_that_is_missing_or_empty_is_an_error),
        cmocka_unit_test(bad_names_and_too_many_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
