#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake.h"
#include "proto/ops.h"

#define SYMS "/proc/kallsyms"

static const char sample[] = "0000000000000000 A fixed_percpu_data\n"
                             "0000000000000000 T kfree\n"
                             "0000000000000000 t local_only\n"
                             "0000000000000000 t __pfx_local_only\n"
                             "0000000000000000 t local_only.cold\n"
                             "0000000000000000 d $d\n"
                             "0000000000000000 d both\n"
                             "no line\n"
                             "0000000000000000 T both\n"
                             "0000000000000000 T usb_get_dev\t[usbcore]\n"
                             "0000000000000000 r last";

static void names_that_can_be_imported_are_sent(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, SYMS, sample);
    struct answer a = fake_run(&f, "read --symbols");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(a.text.data, "blob symbols=fixed_percpu_data\nkfree\nlocal_only\nboth\n"
                                     "both\nusb_get_dev\n\n");
    answer_done(&a);
    fake_done(&f);
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
    struct answer a = fake_run(&f, "read --symbols");
    assert_int_equal(a.code, UD_OK);
    int next = 0;
    char *rest = NULL;
    for (char *line = strtok_r(a.text.data, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char expected[32];
        line += strncmp(line, "blob symbols=", 13) == 0 ? 13 : 0;
        (void)snprintf(expected, sizeof expected, "name_%d", next++);
        assert_string_equal(line, expected);
    }
    assert_int_equal(next, 40000);
    answer_done(&a);
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
    struct answer a = fake_run(&f, "read --symbols");
    assert_string_equal(a.text.data, "blob symbols=kfree\n\n");
    answer_done(&a);
    free(text);
    fake_done(&f);
}

static void a_table_that_is_missing_or_empty_is_an_error(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    struct answer a = fake_run(&f, "read --symbols");
    assert_int_equal(a.code, UD_ERR_FACTS);
    answer_done(&a);
    fake_text(&f, SYMS, "");
    a = fake_run(&f, "read --symbols");
    assert_int_equal(a.code, UD_ERR_FACTS);
    assert_int_equal(a.text.len, 0);
    answer_done(&a);
    fake_done(&f);
}

/* Who asks tries from inside the VM then. */
static void what_may_not_be_read_is_denied(void **state)
{
    static const char *const calls[] = {"read --symbols", "read /sys/kernel/btf/vmlinux"};
    static const char *const files[] = {SYMS, "/sys/kernel/btf/vmlinux"};
    const uid_t user = geteuid();
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct fake f;
        fake_init(&f);
        fake_text(&f, files[i], "0 T kfree\n");
        char *path = ud_strf("%s%s", f.root, files[i]);
        assert_int_equal(chmod(f.root, 0755), 0);
        assert_int_equal(chmod(path, 0), 0);
        assert_int_equal(user == 0 ? seteuid(65534) : 0, 0);
        struct answer a = fake_run(&f, calls[i]);
        assert_int_equal(user == 0 ? seteuid(0) : 0, 0);
        assert_int_equal(a.code, UD_ERR_DENIED);
        assert_int_equal(a.text.len, 0);
        free(path);
        answer_done(&a);
        fake_done(&f);
    }
}

static void more_than_any_kernel_has_is_an_error(void **state)
{
    const size_t line_len = strlen("0 T 0123456789\n");
    const size_t lines = UD_OPS_NAMES_MAX / strlen("0123456789\n") + 1;
    struct fake f;
    (void)state;
    fake_init(&f);
    char *text = ud_alloc(lines, line_len);
    for (size_t i = 0; i < lines; i++) {
        memcpy(text + i * line_len, "0 T 0123456789\n", line_len);
    }
    fake_write(&f, SYMS, text, lines * line_len);
    struct answer a = fake_run(&f, "read --symbols");
    assert_int_equal(a.code, UD_ERR_FACTS);
    answer_done(&a);
    free(text);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_can_be_imported_are_sent),
        cmocka_unit_test(a_table_of_megabytes_is_read_across_all_borders),
        cmocka_unit_test(an_endless_line_is_passed_over),
        cmocka_unit_test(a_table_that_is_missing_or_empty_is_an_error),
        cmocka_unit_test(what_may_not_be_read_is_denied),
        cmocka_unit_test(more_than_any_kernel_has_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
