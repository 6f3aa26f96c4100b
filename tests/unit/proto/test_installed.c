#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/installed.h"
#include "proto/ops.h"
#include "util/mem.h"

#define HEAD "release 6.1.0-56-cloud-amd64\nversion #1 SMP Debian 6.1.180-1 (2026-10-04)\n"
#define WHOLE HEAD "module usb-common\nmodule usbcore\n"
#define TEN "0123456789"

static void what_was_written_is_read(void **state)
{
    struct ud_installed_kernel kernel;
    struct ud_buf out;
    (void)state;
    assert_int_equal(ud_installed_kernel_read(WHOLE, strlen(WHOLE), &kernel, NULL), UD_OK);
    assert_string_equal(kernel.release, "6.1.0-56-cloud-amd64");
    assert_string_equal(kernel.version, "#1 SMP Debian 6.1.180-1 (2026-10-04)");
    assert_int_equal(kernel.modules.len, 2);
    assert_string_equal(kernel.modules.items[0], "usb-common");
    ud_buf_init(&out, UD_INSTALLED_TEXT_MAX);
    ud_installed_kernel_write(&kernel, &out);
    assert_string_equal(out.data, WHOLE);
    ud_buf_done(&out);
    ud_installed_kernel_done(&kernel);
}

static void release_and_build_make_a_kernel(void **state)
{
    struct ud_installed_kernel kernel;
    (void)state;
    assert_int_equal(ud_installed_kernel_read(WHOLE, strlen(WHOLE), &kernel, NULL), UD_OK);
    assert_true(ud_installed_kernel_is(&kernel, "6.1.0-56-cloud-amd64",
                                       "#1 SMP Debian 6.1.180-1 (2026-10-04)"));
    assert_false(ud_installed_kernel_is(&kernel, "6.1.0-56-cloud-amd64",
                                        "#1 SMP Debian 6.1.180-1 (2026-10-05)"));
    assert_false(ud_installed_kernel_is(&kernel, "6.1.0-57-cloud-amd64",
                                        "#1 SMP Debian 6.1.180-1 (2026-10-04)"));
    ud_installed_kernel_done(&kernel);
}

static void what_is_not_sound_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        HEAD,
        "module usbcore\n",
        "version #1\nrelease 6.1\nmodule usbcore\n",
        "release 6.1\nmodule usbcore\n",
        "release ../6.1\nversion #1\nmodule usbcore\n",
        "release \nversion #1\nmodule usbcore\n",
        "release 6.1\nversion \nmodule usbcore\n",
        "release 6.1\nversion #1\x1b[31m\nmodule usbcore\n",
        "release 6.1\nversion #1 " TEN TEN TEN TEN TEN TEN TEN "\nmodule usbcore\n",
        WHOLE "module usbcore\n",
        WHOLE "module ../usbcore\n",
        WHOLE "module -x\n",
        WHOLE "module \n",
        WHOLE "\n",
        WHOLE "modules x\n",
        WHOLE "release 6.1\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ud_installed_kernel kernel;
        struct ud_error err = {0};
        if (ud_installed_kernel_read(bad[i], strlen(bad[i]), &kernel, &err) != UD_ERR_UNFIT) {
            fail_msg("taken: %s", bad[i]);
        }
        assert_null(kernel.release);
        assert_int_equal(kernel.modules.len, 0);
    }
}

static void a_nul_does_not_hide_what_follows(void **state)
{
    static const char text[] = "release 6.1\nversion #1\nmodule usbcore\0x\n";
    struct ud_installed_kernel kernel;
    (void)state;
    assert_int_equal(ud_installed_kernel_read(text, sizeof text - 1, &kernel, NULL), UD_ERR_UNFIT);
}

static void more_modules_than_one_insertion_takes_are_refused(void **state)
{
    struct ud_installed_kernel kernel;
    struct ud_buf text;
    (void)state;
    ud_buf_init(&text, UD_INSTALLED_TEXT_MAX);
    ud_buf_adds(&text, HEAD);
    for (int i = 0; i < UD_OPS_MODULES_MAX; i++) {
        ud_buf_addf(&text, "module m%d\n", i);
    }
    assert_int_equal(ud_installed_kernel_read(text.data, text.len, &kernel, NULL), UD_OK);
    ud_installed_kernel_done(&kernel);
    ud_buf_adds(&text, "module one-more\n");
    assert_int_equal(ud_installed_kernel_read(text.data, text.len, &kernel, NULL), UD_ERR_UNFIT);
    ud_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(release_and_build_make_a_kernel),
        cmocka_unit_test(what_is_not_sound_is_refused),
        cmocka_unit_test(a_nul_does_not_hide_what_follows),
        cmocka_unit_test(more_modules_than_one_insertion_takes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
