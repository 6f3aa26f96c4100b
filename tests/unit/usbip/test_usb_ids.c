#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/usb_ids.h"

static const char ids[] = "# Vendors, devices and interfaces\n"
                          "0403  Future Technology Devices International, Ltd\n"
                          "\t0000  H4SMK 7 Port Hub / Bricked Counterfeit FT232 Serial (UART) IC\n"
                          "\t6001  FT232 Serial (UART) IC\n"
                          "\t\t00  an interface\n"
                          "# a comment within\n"
                          "\n"
                          "\t6010  FT2232C/D/H Dual UART/FIFO IC\n"
                          "0404  NCR Corp.\r\n"
                          "\t0202  78XX Scanner\r\n"
                          "10c4\n"
                          "C 08  Mass Storage\n"
                          "\t06  SCSI\n"
                          "\t\t50  Bulk-Only\n"
                          "\t\t62  UAS\n"
                          "C 09  Hub\n"
                          "\t00  Unused\n"
                          "\t\t00  Full speed (or root) hub\n"
                          "AT 0100  USB Streaming";

static void expect_names(uint16_t vendor, uint16_t product, const char *vendor_name,
                         const char *product_name)
{
    struct ud_usb_ids_names names;
    ud_usb_ids_names(ud_slice_of(ids), vendor, product, &names);
    assert_true(ud_slice_equals(names.vendor, vendor_name));
    assert_true(ud_slice_equals(names.product, product_name));
}

static void vendors_and_their_products_have_names(void **state)
{
    (void)state;
    expect_names(0x0403, 0x6001, "Future Technology Devices International, Ltd",
                 "FT232 Serial (UART) IC");
    expect_names(0x0403, 0x6010, "Future Technology Devices International, Ltd",
                 "FT2232C/D/H Dual UART/FIFO IC");
    expect_names(0x0404, 0x0202, "NCR Corp.", "78XX Scanner");
}

static void what_is_not_there_has_none(void **state)
{
    (void)state;
    expect_names(0x0403, 0x0202, "Future Technology Devices International, Ltd", "");
    expect_names(0xdead, 0x6001, "", "");
    expect_names(0x10c4, 0xea60, "", "");
    expect_names(0x0100, 0x0000, "", "");
}

static void expect_class(struct ud_usbip_class which, const char *base, const char *sub,
                         const char *protocol)
{
    struct ud_usb_ids_class class;
    ud_usb_ids_class(ud_slice_of(ids), which, &class);
    assert_true(ud_slice_equals(class.base, base));
    assert_true(ud_slice_equals(class.sub, sub));
    assert_true(ud_slice_equals(class.protocol, protocol));
}

static void classes_have_names_as_far_as_they_are_known(void **state)
{
    (void)state;
    expect_class((struct ud_usbip_class){8, 6, 0x62}, "Mass Storage", "SCSI", "UAS");
    expect_class((struct ud_usbip_class){8, 6, 0x63}, "Mass Storage", "SCSI", "");
    expect_class((struct ud_usbip_class){8, 0, 0x50}, "Mass Storage", "", "");
    expect_class((struct ud_usbip_class){9, 0, 0}, "Hub", "Unused", "Full speed (or root) hub");
    expect_class((struct ud_usbip_class){0xff, 0xff, 0xff}, "", "", "");
}

static void an_empty_text_has_no_names(void **state)
{
    struct ud_usb_ids_names names;
    (void)state;
    ud_usb_ids_names((struct ud_slice){NULL, 0}, 0x0403, 0x6001, &names);
    assert_int_equal(names.vendor.len, 0);
    assert_int_equal(names.product.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vendors_and_their_products_have_names),
        cmocka_unit_test(what_is_not_there_has_none),
        cmocka_unit_test(classes_have_names_as_far_as_they_are_known),
        cmocka_unit_test(an_empty_text_has_no_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
