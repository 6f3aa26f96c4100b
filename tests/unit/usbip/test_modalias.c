#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/modalias.h"
#include "util/buf.h"

/* Lines as depmod writes them, and some that it does not. */
static const char modules_alias[] =
    "# Aliases extracted from modules themselves.\n"
    "alias usb:v*p*d*dc*dsc*dp*ic08isc06ip50in* usb_storage\n"
    "alias usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in* ftdi_sio\n"
    "alias usb:v0403p6001d*dc*dsc*dp*icFFisc*ip*in* other_sio\n"
    "alias usb:v0403p*d*dc*dsc*dp*ic*isc*ip*in* ftdi_sio\n"
    "alias usb:v*p*d*dc*dsc*dp*ic03isc*ip*in* usbhid\n"
    "alias usb:v1234p5678d0[0-9]*dc*dsc*dp*ic*isc*ip*in* low_revision\n"
    "alias usb:v1234p5678d1[0-4][0-9A-F]*dc*dsc*dp*ic*isc*ip*in* high_revision\n"
    "alias pci:v00008086d00001234sv*sd*bc*sc*i* some_pci\n"
    "alias\n"
    "alias usb:v*\n"
    "alias usb:v* too many_words\n"
    "options usb:v* usb_storage\n"
    "alias usb:v0403p6001* last_without_end";

static void the_modalias_is_sysfs_text(void **state)
{
    const struct ud_usbip_device device = {.vendor = 0x0403,
                                           .product = 0x6a01,
                                           .release = 0x0600,
                                           .class = {0xef, 0x02, 0x01},
                                           .interface_count = 2,
                                           .interfaces_told = true,
                                           .interfaces = {{3, 1, 2}, {0xff, 0xfe, 0xfd}}};
    char text[UD_MODALIAS_SIZE];
    (void)state;
    ud_modalias_write(&device, 0, text);
    assert_string_equal(text, "usb:v0403p6A01d0600dcEFdsc02dp01ic03isc01ip02in00");
    ud_modalias_write(&device, 1, text);
    assert_string_equal(text, "usb:v0403p6A01d0600dcEFdsc02dp01icFFiscFEipFDin01");
}

static void expect_modules(const char *modalias, const char *expected)
{
    struct ud_strv found = {0};
    ud_modalias_modules(ud_slice_of(modules_alias), modalias, &found);
    char *text = ud_strv_join(&found, " ");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(&found);
}

static void modules_come_in_the_order_of_the_file_and_once(void **state)
{
    (void)state;
    expect_modules("usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00",
                   "ftdi_sio other_sio last_without_end");
    expect_modules("usb:v0403p6010d0600dc00dsc00dp00ic03isc00ip00in00", "ftdi_sio usbhid");
    expect_modules("usb:v0781p5567d0126dc00dsc00dp00ic08isc06ip50in00", "usb_storage");
    expect_modules("usb:v0781p5567d0126dc00dsc00dp00ic08isc06ip62in00", "");
    expect_modules("usb:v1234p5678d0999dc00dsc00dp00icFFiscFFipFFin00", "low_revision");
    expect_modules("usb:v1234p5678d14F0dc00dsc00dp00icFFiscFFipFFin00", "high_revision");
    expect_modules("usb:v1234p5678d1500dc00dsc00dp00icFFiscFFipFFin00", "");
}

static void the_reader_gives_each_line_that_fits(void **state)
{
    struct ud_modalias_reader reader;
    struct ud_slice module;
    size_t count = 0;
    (void)state;
    ud_modalias_reader_init(&reader, ud_slice_of(modules_alias),
                            "usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00");
    assert_true(ud_modalias_reader_next(&reader, &module));
    assert_true(ud_slice_equals(module, "ftdi_sio"));
    while (ud_modalias_reader_next(&reader, &module)) {
        count++;
    }
    assert_int_equal(count, 3);
}

static void what_is_found_for_other_interfaces_stays_once(void **state)
{
    struct ud_strv found = {0};
    (void)state;
    ud_strv_add(&found, "ftdi_sio");
    ud_modalias_modules(ud_slice_of(modules_alias),
                        "usb:v0403p6010d0600dc00dsc00dp00ic03isc00ip00in00", &found);
    assert_int_equal(found.len, 2);
    assert_string_equal(found.items[1], "usbhid");
    ud_strv_done(&found);
}

static void a_file_of_anything_is_bounded(void **state)
{
    struct ud_strv found = {0};
    struct ud_buf text;
    (void)state;
    ud_buf_init(&text, 1 << 20);
    ud_buf_adds(&text, "alias ");
    for (int i = 0; i < UD_MODALIAS_LINE_MAX; i++) {
        ud_buf_adds(&text, "*");
    }
    ud_buf_adds(&text, " too_long\n");
    for (int i = 0; i < 1000; i++) {
        ud_buf_addf(&text, "alias * module%d\n", i);
    }
    ud_modalias_modules((struct ud_slice){text.data, text.len}, "usb:v0403", &found);
    assert_int_equal(found.len, UD_MODALIAS_MODULES_MAX);
    assert_string_equal(found.items[0], "module0");
    ud_strv_done(&found);
    ud_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_modalias_is_sysfs_text),
        cmocka_unit_test(modules_come_in_the_order_of_the_file_and_once),
        cmocka_unit_test(the_reader_gives_each_line_that_fits),
        cmocka_unit_test(what_is_found_for_other_interfaces_stays_once),
        cmocka_unit_test(a_file_of_anything_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
