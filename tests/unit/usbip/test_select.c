#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/select.h"

static const struct ud_usbip_device devices[] = {
    {.busid = "1-1.4", .busnum = 1, .devnum = 2, .vendor = 0x0403, .product = 0x6001},
    {.busid = "1-1.5", .busnum = 1, .devnum = 3, .vendor = 0x0403, .product = 0x6001},
    {.busid = "20-35-6", .busnum = 20, .devnum = 6, .vendor = 0x10c4, .product = 0xea60},
};
enum { COUNT = sizeof devices / sizeof devices[0] };

static struct ud_usbip_selector parsed(const char *text)
{
    struct ud_usbip_selector selector = {.vendor = 0};
    struct ud_error err = {0};
    if (ud_usbip_selector_parse(text, &selector, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    return selector;
}

static enum ud_code selected(const char *text, const char *const *serials, size_t *ret,
                             struct ud_error *err)
{
    const struct ud_usbip_selector selector = parsed(text);
    return ud_usbip_select(devices, COUNT, &selector, serials, ret, err);
}

static void selectors_are_read(void **state)
{
    (void)state;
    assert_string_equal(parsed("1-1.4").busid, "1-1.4");
    struct ud_usbip_selector ids = parsed("403:EA60");
    assert_string_equal(ids.busid, "");
    assert_int_equal(ids.vendor, 0x403);
    assert_int_equal(ids.product, 0xea60);
    assert_string_equal(ids.serial, "");
    assert_string_equal(parsed("0403:6001:FT*:x").serial, "FT*:x");
}

static void what_names_nothing_is_refused(void **state)
{
    static const char *const texts[] = {
        "",          "1 1",        ":",          "0403:",
        ":6001",     "04031:6001", "0403:6001:", "xyzw:6001",
        "0403:60 1", "0x04:6001",  "1-1:1.0",    "12345678901234567890123456789012",
    };
    struct ud_usbip_selector selector = {.busid = "kept"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ud_error err = {0};
        assert_int_equal(ud_usbip_selector_parse(texts[i], &selector, &err), UD_ERR_USAGE);
        assert_non_null(strstr(err.remedy, "busid"));
    }
    assert_string_equal(selector.busid, "kept");
}

static void one_device_is_found(void **state)
{
    size_t found = 99;
    (void)state;
    assert_int_equal(selected("1-1.5", NULL, &found, NULL), UD_OK);
    assert_int_equal(found, 1);
    assert_int_equal(selected("10c4:ea60", NULL, &found, NULL), UD_OK);
    assert_int_equal(found, 2);
}

static void several_are_listed(void **state)
{
    struct ud_error err = {0};
    size_t found = 99;
    (void)state;
    assert_int_equal(selected("0403:6001", NULL, &found, &err), UD_ERR_USAGE);
    assert_string_equal(err.message,
                        "0403:6001 is more than one device: 1-1.4 (0403:6001), 1-1.5 (0403:6001)");
    assert_string_equal(err.remedy, "Name one by its busid.");
    assert_int_equal(selected("0403:6001:A*", NULL, &found, &err), UD_ERR_USAGE);
    assert_non_null(strstr(err.remedy, "does not tell serial numbers"));
    assert_int_equal(found, 99);
}

static void a_known_serial_number_decides(void **state)
{
    static const char *const serials[COUNT] = {"A50285BI", "FTX1", NULL};
    struct ud_error err = {0};
    size_t found = 99;
    (void)state;
    assert_int_equal(selected("0403:6001:FT*", serials, &found, NULL), UD_OK);
    assert_int_equal(found, 1);
    assert_int_equal(selected("0403:6001:B*", serials, &found, NULL), UD_ERR_NOT_FOUND);
    assert_int_equal(selected("0403:6001:[AF]*", serials, &found, &err), UD_ERR_USAGE);
    assert_string_equal(err.remedy, "Name one by its busid.");
    /* One whose serial number is not known could be it; whoever attaches it asks again. */
    assert_int_equal(selected("10c4:ea60:0001", serials, &found, NULL), UD_OK);
    assert_int_equal(found, 2);
    const struct ud_usbip_selector selector = parsed("10c4:ea60:0001");
    assert_true(ud_usbip_serial_fits(&selector, "0001"));
    assert_false(ud_usbip_serial_fits(&selector, "0002"));
}

static void a_miss_names_what_there_is_and_what_is_near(void **state)
{
    struct ud_error err = {0};
    size_t found = 99;
    (void)state;
    assert_int_equal(selected("1-1.6", NULL, &found, &err), UD_ERR_NOT_FOUND);
    assert_string_equal(err.message, "the server shares no device 1-1.6, but 1-1.4 (0403:6001), "
                                     "1-1.5 (0403:6001), 20-35-6 (10c4:ea60)");
    assert_string_equal(err.remedy, "Did you mean 1-1.4?");
    assert_int_equal(selected("20-356", NULL, &found, &err), UD_ERR_NOT_FOUND);
    assert_string_equal(err.remedy, "Did you mean 20-35-6?");
    assert_int_equal(selected("mouse", NULL, &found, &err), UD_ERR_NOT_FOUND);
    assert_null(strstr(err.remedy, "Did you mean"));
    assert_int_equal(selected("dead:beef:X", NULL, &found, &err), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "no device dead:beef:X, but 1-1.4"));
    const struct ud_usbip_selector selector = parsed("1-1");
    assert_int_equal(ud_usbip_select(NULL, 0, &selector, NULL, &found, &err), UD_ERR_NOT_FOUND);
    assert_string_equal(err.message, "the server shares no device 1-1, nor any other");
}

static void a_long_list_is_cut(void **state)
{
    static struct ud_usbip_device many[100];
    struct ud_error err = {0};
    size_t found = 99;
    (void)state;
    for (size_t i = 0; i < 100; i++) {
        (void)snprintf(many[i].busid, sizeof many[i].busid, "a-busid-of-31-characters-xxx-%02u",
                       (unsigned)i);
    }
    const struct ud_usbip_selector selector = parsed("0000:0000");
    assert_int_equal(ud_usbip_select(many, 100, &selector, NULL, &found, &err), UD_ERR_USAGE);
    assert_non_null(strstr(err.message, "xxx-07 (0000:0000) and 92 more"));
}

static void a_busid_that_is_there_twice_is_told_unless_it_is_the_same_device(void **state)
{
    struct ud_usbip_device twins[2] = {devices[0], devices[0]};
    const struct ud_usbip_selector selector = parsed("1-1.4");
    struct ud_error err = {0};
    size_t found = 99;
    (void)state;
    assert_int_equal(ud_usbip_select(twins, 2, &selector, NULL, &found, NULL), UD_OK);
    assert_int_equal(found, 0);
    twins[1].product = 0x6010;
    assert_int_equal(ud_usbip_select(twins, 2, &selector, NULL, &found, &err), UD_ERR_USAGE);
    assert_non_null(strstr(err.message, "1-1.4 (0403:6001), 1-1.4 (0403:6010)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selectors_are_read),
        cmocka_unit_test(what_names_nothing_is_refused),
        cmocka_unit_test(one_device_is_found),
        cmocka_unit_test(several_are_listed),
        cmocka_unit_test(a_known_serial_number_decides),
        cmocka_unit_test(a_miss_names_what_there_is_and_what_is_near),
        cmocka_unit_test(a_long_list_is_cut),
        cmocka_unit_test(a_busid_that_is_there_twice_is_told_unless_it_is_the_same_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
