#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/check.h"

static void module_names_are_letters_digits_and_dashes(void **state)
{
    char longest[UD_MODULE_NAME_MAX + 2];
    (void)state;
    assert_true(ud_check_module_name("usb-common"));
    assert_true(ud_check_module_name("vhci_hcd"));
    assert_true(ud_check_module_name("8250"));
    assert_false(ud_check_module_name(""));
    assert_false(ud_check_module_name("-own"));
    assert_false(ud_check_module_name("../x"));
    assert_false(ud_check_module_name("a b"));
    assert_false(ud_check_module_name("a.ko"));
    assert_false(ud_check_module_name("a\n"));
    assert_false(ud_check_module_name("\xc3\xa9"));
    memset(longest, 'a', sizeof longest);
    longest[UD_MODULE_NAME_MAX + 1] = '\0';
    assert_false(ud_check_module_name(longest));
    longest[UD_MODULE_NAME_MAX] = '\0';
    assert_true(ud_check_module_name(longest));
}

static void kernel_names_have_underscores(void **state)
{
    char name[UD_MODULE_NAME_MAX + 1];
    (void)state;
    ud_check_kernel_name("snd-usb_audio-x", name);
    assert_string_equal(name, "snd_usb_audio_x");
}

static void module_paths_are_below_the_release(void **state)
{
    static const char release[] = "6.10.14-linuxkit";
    (void)state;
    assert_true(ud_check_module_path("/lib/modules/6.10.14-linuxkit/kernel/net/a.ko", release));
    assert_true(ud_check_module_path("/lib/modules/6.10.14-linuxkit/a.ko.zst", release));
    assert_true(ud_check_module_path("/usr/lib/modules/6.10.14-linuxkit/x y/a.ko.gz", release));
    assert_true(ud_check_module_path("/usr/lib/modules/6.10.14-linuxkit/..a/a.ko.xz", release));
}

static void module_paths_elsewhere_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "/etc/shadow",
        "lib/modules/6.1/a.ko",
        "/lib/modules/6.1/a.o",
        "/lib/modules/6.1.2/a.ko",
        "/lib/modules/6.1a.ko",
        "/lib/modules/6.1/../6.2/a.ko",
        "/lib/modules/6.1/x/../../../../etc/a.ko",
        "/lib/modules/6.1/./a.ko",
        "/lib/modules/6.1//a.ko",
        "/lib/modules/6.1/a\n.ko",
        "/lib/modules/6.1/a\x7f.ko",
        "/lib/modules/6.1/",
        "/lib/modules/6.1",
        "//lib/modules/6.1/a.ko",
        "/usr/usr/lib/modules/6.1/a.ko",
    };
    char path[1100];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(ud_check_module_path(bad[i], "6.1"));
    }
    memset(path, 'a', sizeof path);
    memcpy(path, "/lib/modules/6.1/", 17);
    memcpy(path + sizeof path - 4, ".ko", 4);
    assert_false(ud_check_module_path(path, "6.1"));
}

static void a_release_that_is_a_path_admits_nothing(void **state)
{
    (void)state;
    assert_false(ud_check_module_path("/lib/modules/../a.ko", ".."));
    assert_false(ud_check_module_path("/lib/modules/a/b/c.ko", "a/b"));
    assert_false(ud_check_module_path("/lib/modules//c.ko", ""));
}

static void releases_of_real_kernels_pass(void **state)
{
    (void)state;
    assert_true(ud_check_release("5.15.133.1-microsoft-standard-WSL2"));
    assert_true(ud_check_release("6.11.9-orbstack-00279-g4cf512143f2e"));
    assert_true(ud_check_release("6.12.0-rc3+"));
    assert_true(ud_check_release("6.12.117+deb12-cloud-amd64"));
    assert_true(ud_check_release("7.0~rc1"));
    assert_false(ud_check_release(""));
    assert_false(ud_check_release("."));
    assert_false(ud_check_release("6.1/x"));
    assert_false(ud_check_release("6.1 x"));
}

static void build_ids_are_whole_bytes_of_lower_case_hex(void **state)
{
    char id[UD_BUILD_ID_MAX + 3];
    (void)state;
    assert_true(ud_check_build_id("00ff"));
    assert_false(ud_check_build_id(""));
    assert_false(ud_check_build_id("abc"));
    assert_false(ud_check_build_id("AB"));
    assert_false(ud_check_build_id("0x"));
    memset(id, 'a', sizeof id);
    id[UD_BUILD_ID_MAX + 2] = '\0';
    assert_false(ud_check_build_id(id));
    id[UD_BUILD_ID_MAX] = '\0';
    assert_true(ud_check_build_id(id));
}

static void symbols_are_plain(void **state)
{
    (void)state;
    assert_true(ud_check_symbol_name("__ksymtab_usb_get_dev"));
    assert_true(ud_check_symbol_name("_RNvCs.llvm$1"));
    assert_false(ud_check_symbol_name(""));
    assert_false(ud_check_symbol_name("a b"));
    assert_false(ud_check_symbol_name("@a"));
}

static void hosts_are_names_or_addresses(void **state)
{
    char name[UD_HOST_MAX + 2];
    (void)state;
    assert_true(ud_check_host("host.docker.internal"));
    assert_true(ud_check_host("192.168.65.254"));
    assert_true(ud_check_host("fe80::1%eth0"));
    assert_true(ud_check_host("::1"));
    assert_false(ud_check_host(""));
    assert_false(ud_check_host("-x"));
    assert_false(ud_check_host("a b"));
    assert_false(ud_check_host("a/b"));
    memset(name, 'a', sizeof name);
    name[UD_HOST_MAX + 1] = '\0';
    assert_false(ud_check_host(name));
    name[UD_HOST_MAX] = '\0';
    assert_true(ud_check_host(name));
}

static void addresses_are_numeric(void **state)
{
    (void)state;
    assert_true(ud_check_address("10.0.2.2"));
    assert_true(ud_check_address("fd00::a:2"));
    assert_true(ud_check_address("fe80::1%eth0.5"));
    assert_true(ud_check_address("::ffff:10.0.2.2"));
    assert_false(ud_check_address(""));
    assert_false(ud_check_address("example.org"));
    assert_false(ud_check_address("abc"));
    assert_false(ud_check_address("10.0.2.2%eth0"));
    assert_false(ud_check_address("fe80::1%"));
    assert_false(ud_check_address("fe80::1%a/b"));
    assert_false(ud_check_address("-1"));
    assert_false(
        ud_check_address("fe80::1%0123456789012345678901234567890123456789012345678901234"));
}

static void numbers_have_bounds(void **state)
{
    uint32_t number = 7;
    (void)state;
    assert_true(ud_check_number("0", 10, &number));
    assert_int_equal(number, 0);
    assert_true(ud_check_number("4294967295", UINT32_MAX, &number));
    assert_int_equal(number, UINT32_MAX);
    assert_false(ud_check_number("11", 10, &number));
    assert_false(ud_check_number("4294967296", UINT32_MAX, &number));
    assert_false(ud_check_number("", 10, &number));
    assert_false(ud_check_number("+1", 10, &number));
    assert_int_equal(number, UINT32_MAX); /* untouched */
    assert_true(ud_check_tcp_port("65535", &number));
    assert_int_equal(number, 65535);
    assert_false(ud_check_tcp_port("0", &number));
    assert_false(ud_check_tcp_port("65536", &number));
}

static void modes_are_octal_permissions(void **state)
{
    uint32_t mode = 0;
    (void)state;
    assert_true(ud_check_mode("0660", &mode));
    assert_int_equal(mode, 0660);
    assert_true(ud_check_mode("777", &mode));
    assert_int_equal(mode, 0777);
    assert_false(ud_check_mode("1777", &mode));
    assert_false(ud_check_mode("00660", &mode));
    assert_false(ud_check_mode("668", &mode));
    assert_false(ud_check_mode("", &mode));
    assert_false(ud_check_mode("u+r", &mode));
}

static void modaliases_have_a_bus_and_no_pattern(void **state)
{
    char text[UD_MODALIAS_TEXT_SIZE + 1];
    (void)state;
    assert_true(ud_check_modalias("usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00"));
    assert_true(ud_check_modalias("scsi:t-0x00"));
    assert_true(ud_check_modalias("hid:b0003g0001v00000627p00000001"));
    assert_true(ud_check_modalias("input:b0003v0627p0001e0001-e0,1,4,11,14,k71,72,ram4,l0,sfw"));
    assert_true(ud_check_modalias("platform:rtsx_usb_sdmmc"));
    assert_false(ud_check_modalias("usb:"));
    assert_false(ud_check_modalias(":v0403"));
    assert_false(ud_check_modalias("Usb:v0403"));
    assert_false(ud_check_modalias("usb:v*"));
    assert_false(ud_check_modalias("usb:v0403 p6001"));
    assert_false(ud_check_modalias("--enter"));
    memset(text, 'x', sizeof text);
    memcpy(text, "usb:", 4);
    text[UD_MODALIAS_TEXT_SIZE] = '\0';
    assert_false(ud_check_modalias(text));
    text[UD_MODALIAS_TEXT_SIZE - 1] = '\0';
    assert_true(ud_check_modalias(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(module_names_are_letters_digits_and_dashes),
        cmocka_unit_test(kernel_names_have_underscores),
        cmocka_unit_test(module_paths_are_below_the_release),
        cmocka_unit_test(module_paths_elsewhere_are_refused),
        cmocka_unit_test(a_release_that_is_a_path_admits_nothing),
        cmocka_unit_test(releases_of_real_kernels_pass),
        cmocka_unit_test(build_ids_are_whole_bytes_of_lower_case_hex),
        cmocka_unit_test(symbols_are_plain),
        cmocka_unit_test(hosts_are_names_or_addresses),
        cmocka_unit_test(addresses_are_numeric),
        cmocka_unit_test(numbers_have_bounds),
        cmocka_unit_test(modes_are_octal_permissions),
        cmocka_unit_test(modaliases_have_a_bus_and_no_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
