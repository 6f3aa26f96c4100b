#include "drivers/devices.h"

#include <stdlib.h>

#include "check.h"

/* In the style of include/linux/usb.h and include/linux/hid.h. */
static const char usb_h[] =
    "#define MATCH_DEVICE \\\n\t(0x1 | 0x2)\n"
    "#define USB_DEVICE(vend, prod) \\\n"
    "\t.match_flags = MATCH_DEVICE, \\\n\t.idVendor = (vend), \\\n\t.idProduct = (prod)\n"
    "#define USB_DEVICE_AND_INTERFACE_INFO(vend, prod, cl, sc, pr) \\\n"
    "\tUSB_DEVICE(vend, prod), .bInterfaceClass = (cl), .bInterfaceSubClass = (sc), "
    ".bInterfaceProtocol = (pr)\n"
    "#define USB_VENDOR_AND_INTERFACE_INFO(vend, cl, sc, pr) \\\n"
    "\t.idVendor = (vend), .bInterfaceClass = (cl), .bInterfaceSubClass = (sc), "
    ".bInterfaceProtocol = (pr)\n"
    "#define USB_INTERFACE_INFO(cl, sc, pr) \\\n"
    "\t.bInterfaceClass = (cl), .bInterfaceSubClass = (sc), .bInterfaceProtocol = (pr)\n"
    "#define USB_CLASS_AUDIO 1\n#define USB_CLASS_STORAGE 0x08\n";
static const char hid_h[] = "#define BUS_USB 0x03\n#define HID_ANY_ID (~0)\n"
                            "#define HID_USB_DEVICE(ven, prod) \\\n"
                            "\t.bus = BUS_USB, .vendor = (ven), .product = (prod)\n";

struct file {
    const char *path, *text;
};

static struct ud_devices *read_files(const struct file *files, size_t count)
{
    struct ud_devices *devices = ud_devices_new();
    ud_devices_add(devices, "include/linux/usb.h", usb_h, strlen(usb_h));
    ud_devices_add(devices, "include/linux/hid.h", hid_h, strlen(hid_h));
    for (size_t i = 0; i < count; i++) {
        ud_devices_add(devices, files[i].path, files[i].text, strlen(files[i].text));
    }
    return devices;
}

static size_t assert_found(const struct file *files, size_t count, const char *device,
                           const char *expected)
{
    struct ud_devices *devices = read_files(files, count);
    struct ud_device parsed;
    struct ud_strv found = {0};
    size_t skipped = 0;
    assert_ok(ud_device_parse(device, &parsed, NULL));
    ud_devices_find(devices, &parsed, &found, &skipped);
    char *text = ud_strv_join(&found, " ");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(&found);
    ud_devices_free(devices);
    return skipped;
}

static void tables_of_all_usual_forms_are_read(void **state)
{
    static const struct file files[] = {
        {"drivers/usb/serial/one.c",
         "#include <linux/usb.h>\n#include \"one_ids.h\"\n"
         "static const struct usb_device_id id_table[] = {\n"
         "\t{ USB_DEVICE(ONE_VID, ONE_PID) }, /* { USB_DEVICE(0x9999, 0x9999) } */\n"
         "\t{ USB_DEVICE(ONE_VID, 0x00ffU),\n\t  .driver_info = (kernel_ulong_t)&(struct q){ .x = "
         "1 "
         "} },\n"
         "\t{ USB_DEVICE(UNKNOWN_VID, 1) },\n"
         "\t{ .idVendor = 0x1234, .idProduct = 22136 }, // decimal\n"
         "\t{ }\n};\nMODULE_DEVICE_TABLE(usb, id_table);\n"},
        {"drivers/usb/serial/one_ids.h",
         "#ifndef ONE_IDS_H\n#define ONE_IDS_H\n#define ONE_VID\t0x0403 /* a VENDOR */\n"
         "#define ONE_BASE_PID 0x6001\n#define ONE_PID ONE_BASE_PID\n#endif\n"},
        {"drivers/usb/serial/unexported.c",
         "static struct usb_device_id ids[] = { { USB_DEVICE(0x0403, 0x6001) }, {} };\n"
         "MODULE_DEVICE_TABLE(usb, other);\nvoid f(const struct usb_device_id *id, int x) { }\n"},
    };
    (void)state;
    assert_int_equal(assert_found(files, COUNT(files), "0403:6001", "drivers/usb/serial/one.c"), 1);
    (void)assert_found(files, COUNT(files), "0403:00FF", "drivers/usb/serial/one.c");
    (void)assert_found(files, COUNT(files), "1234:5678", "drivers/usb/serial/one.c");
    (void)assert_found(files, COUNT(files), "9999:9999", "");
    (void)assert_found(files, COUNT(files), "0403:6002", "");
}

static void classes_count_where_they_are_known(void **state)
{
    static const struct file files[] = {
        {"a.c", "struct usb_device_id t[] = { { USB_VENDOR_AND_INTERFACE_INFO(0x12d1, 0xff, 0x02, "
                "0x10) }, {} };\nMODULE_DEVICE_TABLE (usb, t);\n"},
        {"b.c", "struct usb_device_id t[] = { { USB_INTERFACE_INFO(USB_CLASS_STORAGE, 6, 0x50) } "
                "};\nMODULE_DEVICE_TABLE(usb, t);\n"},
        {"c.c", "struct usb_device_id t[] = { { USB_DEVICE_AND_INTERFACE_INFO(0x12d1, 1, 0xff, 1, "
                "1) } };\nMODULE_DEVICE_TABLE(usb, t);\n"},
    };
    (void)state;
    (void)assert_found(files, COUNT(files), "12d1:1001", "a.c");
    (void)assert_found(files, COUNT(files), "12d1:0001", "a.c c.c");
    (void)assert_found(files, COUNT(files), "12d1:0001:ff0101", "c.c");
    (void)assert_found(files, COUNT(files), "12d1:1001:080650", "b.c");
    (void)assert_found(files, COUNT(files), "0781:5567", "");
    (void)assert_found(files, COUNT(files), "0781:5567:080650", "b.c");
}

/* Tables made by macros: lists of entries, included lists, redefined macros. */
static void macros_of_the_file_are_expanded(void **state)
{
    static const struct file files[] = {
        {"simple.c",
         "#define DRIVER_N(vendor, IDS, n)\t\t\\\n"
         "static const struct usb_device_id vendor##_ids[] = {\t\\\n\tIDS(),\t\\\n\t{ },\t\\\n};\t"
         "\\\nstatic struct usb_driver vendor##_driver = { .n = n };\n"
         "#define DRIVER(vendor, IDS) DRIVER_N(vendor, IDS, 1)\n"
         "#define ZIO_IDS()\t\\\n\t{ USB_DEVICE(0x1cbe, 0x0103) }, /* a */ \\\n"
         "\t{ USB_DEVICE(0x1cbe, 0x0104) }\n"
         "DRIVER(zio, ZIO_IDS);\n"
         "static const struct usb_device_id all[] = { ZIO_IDS(), { } };\n"
         "MODULE_DEVICE_TABLE(usb, all);\n"},
        {"storage/usual.c",
         "#define UNUSUAL_DEV(v, p, name, ...) { USB_DEVICE(v, p), .driver_info = (0) }\n"
         "struct usb_device_id ids[] = {\n#\tinclude \"unusual_devs.h\"\n\t{ }\n};\n"
         "MODULE_DEVICE_TABLE(usb, ids);\n#undef UNUSUAL_DEV\n"
         "#define UNUSUAL_DEV(v, p, ...) { .vid = v }\n"
         "struct ignore ignored[] = {\n#include \"unusual_devs.h\"\n};\n"},
        {"storage/unusual_devs.h",
         "#if !defined(A)\nUNUSUAL_DEV(0x054c, 0x0010, \"So, ny\", 1, f),\n"
         "#endif\nUNUSUAL_DEV(0x0525, 0xa140, \"x\"),\n"},
        {"recursive.c", "#define A B\n#define B A B(A)\n#define B2(x) B2(x) x\nA B B2(B2(1))\n"
                        "struct usb_device_id t[] = { { USB_DEVICE(A, B) } };\n"
                        "MODULE_DEVICE_TABLE(usb, t);\n"},
    };
    (void)state;
    (void)assert_found(files, COUNT(files), "1cbe:0104", "simple.c");
    (void)assert_found(files, COUNT(files), "054c:0010", "storage/usual.c");
    (void)assert_found(files, COUNT(files), "0525:a140", "storage/usual.c");
    assert_int_equal(assert_found(files, COUNT(files), "0525:a141", ""), 1);
}

static void tables_of_hid_drivers_count_for_usb(void **state)
{
    static const struct file files[] = {
        {"drivers/hid/hid-x.c",
         "static const struct hid_device_id x[] = {\n"
         "\t{ HID_USB_DEVICE(0x046d, 0xc52b) },\n"
         "\t{ .bus = 5, .vendor = 0x046d, .product = 0xc52c },\n"
         "\t{ HID_USB_DEVICE(0x1111, HID_ANY_ID) },\n\t{ HID_USB_DEVICE(HID_ANY_ID, HID_ANY_ID) }\n"
         "};\nMODULE_DEVICE_TABLE(hid, x);\n"},
    };
    (void)state;
    (void)assert_found(files, COUNT(files), "046d:c52b", "drivers/hid/hid-x.c");
    (void)assert_found(files, COUNT(files), "046d:c52c", ""); /* by Bluetooth */
    (void)assert_found(files, COUNT(files), "1111:2222", "drivers/hid/hid-x.c");
    (void)assert_found(files, COUNT(files), "2222:2222", "");
}

static void what_is_no_device_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "0403",
                                        "0403:",
                                        "403:6001",
                                        "0x03:6001",
                                        "0403:6001:",
                                        "0403:6001:0806",
                                        "0403:6001:gg0000",
                                        ":",
                                        "0403:600g",
                                        "0403:6001:080650:1"};
    struct ud_device device;
    struct ud_error err = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_int_equal(ud_device_parse(wrong[i], &device, &err), UD_ERR_USAGE);
    }
    assert_has(err.remedy, "0403:6001");
    assert_ok(ud_device_parse("046D:c52b:030102", &device, &err));
    assert_int_equal(device.vendor, 0x046d);
    assert_int_equal(device.product, 0xc52b);
    assert_true(device.has_class);
    assert_int_equal(device.class << 16 | device.subclass << 8 | device.protocol, 0x030102);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_all_usual_forms_are_read),
        cmocka_unit_test(classes_count_where_they_are_known),
        cmocka_unit_test(macros_of_the_file_are_expanded),
        cmocka_unit_test(tables_of_hid_drivers_count_for_usb),
        cmocka_unit_test(what_is_no_device_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
