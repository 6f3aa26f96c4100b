#include "kernel/crcs/symvers.h"

#include "check.h"
#include "lab.h"

static void reads_and_sorts(void **state)
{
    static const char text[] = "0x2b1f0ba0\tusb_add_hcd\tdrivers/usb/core/usbcore\t"
                               "EXPORT_SYMBOL_GPL\tUSB\n"
                               "0x00000001\tkmalloc\tvmlinux\tEXPORT_SYMBOL\t\n"
                               "0x00000002\tkmalloc\tvmlinux\tEXPORT_SYMBOL\n"
                               "0xffffffff\tabs\tvmlinux\tEXPORT_SYMBOL\r\n"
                               "0x00000003\told\tSPACE\tvmlinux\tEXPORT_SYMBOL";
    struct ud_symvers symvers;
    (void)state;
    assert_ok(ud_symvers_parse(text, strlen(text), "Module.symvers", &symvers, NULL));
    assert_int_equal(symvers.len, 4);
    const struct ud_symver *found = ud_symvers_find(&symvers, "usb_add_hcd");
    assert_non_null(found);
    assert_int_equal(found->crc, 0x2b1f0ba0);
    assert_string_equal(found->module, "drivers/usb/core/usbcore");
    assert_string_equal(found->type, "EXPORT_SYMBOL_GPL");
    assert_string_equal(found->space, "USB");
    assert_int_equal(ud_symvers_find(&symvers, "kmalloc")->crc, 1);
    assert_string_equal(ud_symvers_find(&symvers, "kmalloc")->space, "");
    assert_string_equal(ud_symvers_find(&symvers, "old")->space, "SPACE");
    assert_string_equal(ud_symvers_find(&symvers, "old")->module, "vmlinux");
    assert_null(ud_symvers_find(&symvers, "absent"));
    ud_symvers_done(&symvers);
    ud_symvers_done(&symvers);
}

static void names_the_line_that_is_wrong(void **state)
{
    static const struct {
        const char *text, *part;
    } bad[] = {
        {"0x1\ta\tvmlinux\tEXPORT_SYMBOL\nhello\n", "line 2"},
        {"1234\t\n", "line 1"},
        {"0x1\ta\tvmlinux\tEXPORT_SYMBOL\tn\tmore\n", "four or five"},
        {"zz\ta\tvmlinux\tEXPORT_SYMBOL\n", "CRC"},
        {"0x123456789\ta\tvmlinux\tEXPORT_SYMBOL\n", "CRC"},
        {"0x1\t\tvmlinux\tEXPORT_SYMBOL\n", "no symbol"},
        {"0x1\ta\tvmlinux\tSOMETHING\n", "EXPORT_"},
        {"", "no symbol"},
        {"\n\n", "no symbol"},
    };
    struct ud_symvers symvers;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ud_error err = {0};
        assert_int_equal(
            ud_symvers_parse(bad[i].text, strlen(bad[i].text), "my.symvers", &symvers, &err),
            UD_ERR_USAGE);
        assert_has(err.message, "my.symvers");
        assert_has(err.message, bad[i].part);
    }
    struct ud_error err = {0};
    assert_int_equal(ud_symvers_parse("\0\0", 2, "x", &symvers, &err), UD_ERR_USAGE);
}

static void reads_a_real_one(void **state)
{
    struct lab_file file = {0};
    struct ud_symvers symvers;
    (void)state;
    if (!lab_load("Module.symvers", "", &file)) {
        skip();
    }
    assert_ok(ud_symvers_parse((char *)file.data, file.len, file.path, &symvers, NULL));
    assert_true(symvers.len > 5000);
    assert_non_null(ud_symvers_find(&symvers, "module_layout"));
    for (size_t i = 1; i < symvers.len; i++) {
        assert_true(strcmp(symvers.items[i - 1].name, symvers.items[i].name) < 0);
    }
    ud_symvers_done(&symvers);
    lab_file_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_sorts),
        cmocka_unit_test(names_the_line_that_is_wrong),
        cmocka_unit_test(reads_a_real_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
