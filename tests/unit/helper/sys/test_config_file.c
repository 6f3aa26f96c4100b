#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake.h"
#include "sys/config_file.h"

#define HEADING "#\n# Automatically generated file; DO NOT EDIT.\n"

static bool is_of(const char *text, const char *release)
{
    struct ud_buf buf;
    ud_buf_init(&buf, 4096);
    ud_buf_adds(&buf, text);
    bool result = ud_config_is_of(&buf, release);
    ud_buf_done(&buf);
    return result;
}

static void version_and_local_version_make_the_release(void **state)
{
    (void)state;
    static const char text[] = HEADING "# Linux/arm64 6.6.31 Kernel Configuration\n"
                                       "CONFIG_LOCALVERSION=\"-linuxkit\"\n";
    assert_true(is_of(text, "6.6.31-linuxkit"));
    assert_true(is_of(text, "6.6.31-linuxkit+"));
    assert_false(is_of(text, "6.6.31"));
    assert_false(is_of(text, "6.6.31-linuxkit-2"));
    assert_false(is_of(text, "6.6.3-linuxkit"));
    assert_true(
        is_of("# Linux/x86 6.1.192 Kernel Configuration\nCONFIG_LOCALVERSION=\"\"\n", "6.1.192"));
    assert_false(is_of("# Linux/x86 6.1.19 Kernel Configuration\n", "6.1.192"));
}

static void without_a_heading_it_is_of_no_release(void **state)
{
    (void)state;
    assert_false(is_of("", ""));
    assert_false(is_of("CONFIG_LOCALVERSION=\"6.1\"\n", "6.1"));
    assert_false(is_of("# Linux/ Kernel Configuration\n", ""));
    assert_false(is_of("CONFIG_LOCALVERSION=\"\nCONFIG_LOCALVERSION=\n", ""));
}

/* The paths of all places that have something, each with a blank behind it. */
static void find_all(const struct fake *f, const char *release, struct ud_buf *ret)
{
    struct ud_buf buf;
    char path[UD_CONFIG_PATH_MAX];
    size_t place = 0;
    ud_buf_init(&buf, 4096);
    ud_buf_clear(ret);
    while (ud_config_next(f->root, release, &place, &buf, path)) {
        ud_buf_addf(ret, "%s ", path);
    }
    ud_buf_done(&buf);
}

static void a_nameless_file_in_boot_counts_only_if_it_fits(void **state)
{
    struct fake f;
    struct ud_buf found;
    (void)state;
    fake_init(&f);
    ud_buf_init(&found, 4096);
    fake_text(&f, "/boot/config", "# Linux/x86 6.1.1 Kernel Configuration\n");
    find_all(&f, "6.1.2", &found);
    assert_string_equal(found.data, "");
    find_all(&f, "6.1.1", &found);
    assert_string_equal(found.data, "/boot/config ");
    ud_buf_done(&found);
    fake_done(&f);
}

static void every_place_that_has_something_is_found_in_order(void **state)
{
    struct fake f;
    struct ud_buf found;
    (void)state;
    fake_init(&f);
    ud_buf_init(&found, 4096);
    fake_text(&f, "/proc/config.gz", "");
    fake_text(&f, "/boot/config-6.1/x", "");
    fake_text(&f, "/lib/modules/6.1/build/.config", "CONFIG_A=y\n");
    fake_text(&f, "/lib/modules/6.1/config", "garbage");
    fake_text(&f, "/usr/lib/kernel/config-6.1", "");
    fake_text(&f, "/lib/modules/6.1/kernel/kernel/configs.ko.zst", "packed");
    fake_text(&f, "/sys/kernel/kheaders.tar.xz", "headers");
    find_all(&f, "6.1", &found);
    assert_string_equal(found.data, "/lib/modules/6.1/config /lib/modules/6.1/build/.config "
                                    "/usr/lib/kernel/config-6.1 "
                                    "/lib/modules/6.1/kernel/kernel/configs.ko.zst "
                                    "/sys/kernel/kheaders.tar.xz ");
    ud_buf_done(&found);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_and_local_version_make_the_release),
        cmocka_unit_test(without_a_heading_it_is_of_no_release),
        cmocka_unit_test(a_nameless_file_in_boot_counts_only_if_it_fits),
        cmocka_unit_test(every_place_that_has_something_is_found_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
