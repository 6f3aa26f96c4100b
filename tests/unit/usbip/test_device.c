#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/device.h"

static void speeds_have_names_and_hubs(void **state)
{
    static const struct {
        uint32_t speed;
        const char *name;
        const char *hub; /* "" for none */
    } rows[] = {
        {0, "unknown", ""},      {1, "low", "hs"},      {2, "full", "hs"},
        {3, "high", "hs"},       {4, "wireless", "hs"}, {5, "super", "ss"},
        {6, "super-plus", "ss"}, {7, "unknown", ""},    {0xffffffff, "unknown", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *hub = ud_usbip_speed_hub(rows[i].speed);
        assert_string_equal(ud_usbip_speed_name(rows[i].speed), rows[i].name);
        assert_string_equal(hub != NULL ? hub : "", rows[i].hub);
    }
}

static uint32_t handed_over(uint32_t speed, unsigned major, unsigned minor)
{
    uint32_t ret = 99;
    assert_int_equal(ud_usbip_speed_for(speed, major, minor, &ret, NULL), UD_OK);
    return ret;
}

static void kernels_before_6_12_are_told_super_for_super_plus(void **state)
{
    (void)state;
    assert_int_equal(handed_over(6, 5, 10), 5);
    assert_int_equal(handed_over(6, 6, 11), 5);
    assert_int_equal(handed_over(6, 6, 12), 6);
    assert_int_equal(handed_over(6, 7, 0), 6);
    assert_int_equal(handed_over(5, 5, 10), 5);
    assert_int_equal(handed_over(1, 6, 12), 1);
}

static void a_speed_that_is_not_known_is_refused(void **state)
{
    struct ud_error err = {0};
    uint32_t speed = 99;
    (void)state;
    assert_int_equal(ud_usbip_speed_for(0, 6, 12, &speed, &err), UD_ERR_UNFIT);
    assert_non_null(strstr(err.message, "does not know the speed"));
    assert_int_equal(ud_usbip_speed_for(7, 6, 12, &speed, NULL), UD_ERR_UNFIT);
    assert_int_equal(speed, 99);
}

static void busids_of_all_servers_are_valid(void **state)
{
    (void)state;
    assert_true(ud_usbip_busid_valid("1-1.4.2"));
    assert_true(ud_usbip_busid_valid("1-0"));
    assert_true(ud_usbip_busid_valid("20-35-6"));
    assert_true(ud_usbip_busid_valid("usbip-vudc.0"));
    assert_false(ud_usbip_busid_valid(""));
    assert_false(ud_usbip_busid_valid("1-1 "));
    assert_false(ud_usbip_busid_valid("1-1\t"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speeds_have_names_and_hubs),
        cmocka_unit_test(kernels_before_6_12_are_told_super_for_super_plus),
        cmocka_unit_test(a_speed_that_is_not_known_is_refused),
        cmocka_unit_test(busids_of_all_servers_are_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
