#include "kernel/crcs/crcs.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "kernel/crcs/symvers.h"
#include "lab.h"
#include "made_module.h"

static void add(struct ud_crcs *crcs, const char *name, uint32_t crc, enum ud_crc_origin origin)
{
    assert_int_equal(ud_crcs_add(crcs, name, crc, origin, "there", NULL), UD_OK);
}

static void crcs_of_several_places_become_one_list(void **state)
{
    struct ud_crcs crcs = {0};
    struct ud_strv names = {0};
    struct ud_strv missing = {0};
    struct ud_symvers symvers;
    size_t len = 0;
    (void)state;
    add(&crcs, "kfree", 0x11, UD_CRC_OF_MODULES);
    add(&crcs, "abs", 0xfedcba98, UD_CRC_COMPUTED);
    add(&crcs, "zero", 0, UD_CRC_OF_MODULES);
    add(&crcs, "kfree", 0x11, UD_CRC_COMPUTED);
    assert_int_equal(crcs.len, 3);
    assert_int_equal(crcs.confirmed, 1);
    assert_int_equal(ud_crcs_find(&crcs, "kfree")->origin, UD_CRC_OF_MODULES);
    assert_null(ud_crcs_find(&crcs, "kfre"));
    ud_strv_add(&names, "abs");
    ud_strv_add(&names, "kfree");
    ud_strv_add(&names, "other");
    ud_crcs_missing(&crcs, &names, &missing);
    assert_int_equal(missing.len, 1);
    assert_string_equal(missing.items[0], "other");
    assert_int_equal(ud_crcs_count(&crcs, &names, UD_CRC_OF_MODULES), 1);
    assert_int_equal(ud_crcs_count(&crcs, &names, UD_CRC_COMPUTED), 1);
    char *text = ud_crcs_to_symvers(&crcs, &len);
    assert_int_equal(ud_symvers_parse(text, len, "it", &symvers, NULL), UD_OK);
    assert_int_equal(ud_symvers_find(&symvers, "abs")->crc, 0xfedcba98);
    assert_string_equal(ud_symvers_find(&symvers, "abs")->module, "vmlinux");
    ud_symvers_done(&symvers);
    free(text);
    ud_strv_done(&names);
    ud_strv_done(&missing);
    ud_crcs_done(&crcs);
}

static void a_computed_one_that_differs_means_other_sources(void **state)
{
    struct ud_crcs crcs = {0};
    struct ud_error err = {0};
    (void)state;
    add(&crcs, "module_layout", 0x11, UD_CRC_OF_MODULES);
    add(&crcs, "kfree", 0x21, UD_CRC_OF_MODULES);
    add(&crcs, "kfree", 0x21, UD_CRC_COMPUTED);
    add(&crcs, "kfree", 0x21, UD_CRC_COMPUTED);
    assert_int_equal(ud_crcs_check_sources(&crcs, &err), UD_OK);
    assert_int_equal(
        ud_crcs_add(&crcs, "module_layout", 0x12, UD_CRC_COMPUTED, "kernel/elf/module.c", NULL),
        UD_OK);
    add(&crcs, "module_layout", 0x12, UD_CRC_COMPUTED);
    assert_int_equal(crcs.confirmed, 1);
    assert_int_equal(crcs.differing.len, 1);
    assert_int_equal(ud_crcs_find(&crcs, "module_layout")->crc, 0x11);
    assert_int_equal(ud_crcs_check_sources(&crcs, &err), UD_ERR_UNFIT);
    assert_non_null(strstr(err.message, "1 of 2 CRCs differ (module_layout)"));
    assert_non_null(strstr(err.message, "module_layout the CRC 0x00000012 (kernel/elf/module.c)"));
    assert_non_null(strstr(err.message, "0x00000011 (there)"));
    assert_non_null(strstr(err.remedy, "--source"));
    ud_crcs_done(&crcs);
}

static void what_the_modules_tell_later_is_compared_too(void **state)
{
    struct ud_crcs crcs = {0};
    struct ud_error err = {0};
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        const char name[] = {(char)('a' + i), '\0'};
        add(&crcs, name, 0x10, UD_CRC_COMPUTED);
        add(&crcs, name, i == 0 ? 0x10 : 0x20, UD_CRC_OF_MODULES);
    }
    assert_int_equal(crcs.confirmed, 1);
    assert_true(ud_crcs_find(&crcs, "a")->confirmed);
    assert_false(ud_crcs_find(&crcs, "b")->confirmed);
    assert_int_equal(ud_crcs_check_sources(&crcs, &err), UD_ERR_UNFIT);
    assert_non_null(strstr(err.message, "7 of 8 CRCs differ (b, c, d, e, f, g, …); they give b the "
                                        "CRC 0x00000010 (there), the kernel's own modules have "
                                        "0x00000020 (there)"));
    ud_crcs_done(&crcs);
}

static void two_modules_that_differ_are_named(void **state)
{
    struct ud_crcs crcs = {0};
    struct ud_error err = {0};
    (void)state;
    add(&crcs, "kfree", 0x11, UD_CRC_OF_MODULES);
    assert_int_equal(ud_crcs_add(&crcs, "kfree", 0x12, UD_CRC_OF_MODULES, "extra/old.ko", &err),
                     UD_ERR_UNFIT);
    assert_non_null(strstr(err.message, "extra/old.ko"));
    ud_crcs_done(&crcs);
}

static void exports_of_a_module_name_it(void **state)
{
    struct ud_crcs crcs = {0};
    struct ud_module module = {0};
    (void)state;
    made_symbol(&module.exports, "usb_get_dev", 0x77);
    module.exports.items[0].has_crc = true;
    add(&crcs, "usb_get_dev", 0x77, UD_CRC_OF_MODULES);
    assert_int_equal(
        ud_crcs_add_exports(&crcs, &module, "kernel/drivers/usb/core/usbcore.ko.xz", NULL), UD_OK);
    assert_string_equal(ud_crcs_find(&crcs, "usb_get_dev")->exporter, "drivers/usb/core/usbcore");
    ud_module_done(&module);
    ud_crcs_done(&crcs);
}

static void both_forms_of_genksyms_are_read(void **state)
{
    static const char text[] = "#SYMVER a 0x0000000a\n__crc_b = 0x0000000b;\n"
                               "  __crc_c = 0x0000000c ;\n# SYMVER d 0x1\n#SYMVER e\n"
                               "#SYMVER f 12\n__crc_g 0x1;\nwarning: h = 0x1;\n#SYMVER i 0xzz\n";
    struct ud_crcs crcs = {0};
    (void)state;
    assert_int_equal(ud_crcs_add_genksyms(&crcs, text, sizeof text - 1, "x.c", NULL), UD_OK);
    assert_int_equal(crcs.len, 3);
    assert_int_equal(ud_crcs_find(&crcs, "a")->crc, 0xa);
    assert_int_equal(ud_crcs_find(&crcs, "b")->crc, 0xb);
    assert_int_equal(ud_crcs_find(&crcs, "c")->crc, 0xc);
    assert_string_equal(ud_crcs_find(&crcs, "c")->where, "x.c");
    ud_crcs_done(&crcs);
}

static void symbols_of_an_object_are_read(void **state)
{
    struct lab_file file;
    struct ud_module module;
    struct ud_crcs crcs = {0};
    (void)state;
    assert_int_equal(ud_crcs_add_object(&crcs, "BC", 2, "x.o", NULL), UD_OK);
    assert_int_equal(crcs.len, 0);
    if (!lab_load("usbcore", ".ko", &file)) {
        skip();
    }
    /* Modules have such symbols in the same way. */
    assert_int_equal(ud_module_parse(file.data, file.len, file.path, &module, NULL), UD_OK);
    assert_int_equal(ud_crcs_add_object(&crcs, (const char *)file.data, file.len, file.path, NULL),
                     UD_OK);
    assert_true(crcs.len > 50);
    assert_int_equal(crcs.len, module.exports.len);
    assert_int_equal(ud_crcs_find(&crcs, "usb_get_dev")->crc,
                     ud_module_symbols_find(&module.exports, "usb_get_dev")->crc);
    assert_int_equal(ud_crcs_find(&crcs, "usb_get_dev")->origin, UD_CRC_COMPUTED);
    ud_module_done(&module);
    ud_crcs_done(&crcs);
    lab_file_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crcs_of_several_places_become_one_list),
        cmocka_unit_test(a_computed_one_that_differs_means_other_sources),
        cmocka_unit_test(what_the_modules_tell_later_is_compared_too),
        cmocka_unit_test(two_modules_that_differ_are_named),
        cmocka_unit_test(exports_of_a_module_name_it),
        cmocka_unit_test(both_forms_of_genksyms_are_read),
        cmocka_unit_test(symbols_of_an_object_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
