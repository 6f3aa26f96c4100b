#include "kernel/plan/order.h"

#include "check.h"
#include "lab.h"
#include "made_module.h"

static void exporters_and_depends_come_first(void **state)
{
    struct ud_module a = made_module("vhci_hcd", "x");
    struct ud_module b = made_module("usbip_core", "x");
    struct ud_module c = made_module("usbcore", "x");
    struct ud_module d = made_module("alone", "x");
    const struct ud_module *modules[] = {&a, &b, &c, &d};
    size_t order[4];
    (void)state;
    made_symbol(&a.imports, "usb_add_hcd", 0);
    made_symbol(&c.exports, "usb_add_hcd", 0);
    ud_strv_add(&a.depends, "usbip-core");
    ud_strv_add(&b.depends, "usbcore");
    ud_strv_add(&b.depends, "not-among-them");
    assert_ok(ud_order_modules(modules, 4, order, NULL));
    assert_int_equal(order[0], 3); /* by name where free */
    assert_int_equal(order[1], 2);
    assert_int_equal(order[2], 1);
    assert_int_equal(order[3], 0);
    for (size_t i = 0; i < 4; i++) {
        ud_module_done((struct ud_module *[]){&a, &b, &c, &d}[i]);
    }
}

static void cycles_and_twins_are_named(void **state)
{
    struct ud_module a = made_module("one", "x");
    struct ud_module b = made_module("two", "x");
    struct ud_module c = made_module("o-n-e", "x");
    struct ud_module d = made_module("o_n_e", "x");
    struct ud_error err = {0};
    size_t order[2];
    (void)state;
    ud_strv_add(&a.depends, "two");
    ud_strv_add(&b.depends, "one");
    assert_int_equal(ud_order_modules((const struct ud_module *[]){&a, &b}, 2, order, &err),
                     UD_ERR_UNFIT);
    assert_has(err.message, "one, two");
    assert_int_equal(ud_order_modules((const struct ud_module *[]){&c, &d}, 2, order, &err),
                     UD_ERR_UNFIT);
    assert_has(err.message, "o-n-e");
    assert_ok(ud_order_modules(NULL, 0, order, &err));
    for (size_t i = 0; i < 4; i++) {
        ud_module_done((struct ud_module *[]){&a, &b, &c, &d}[i]);
    }
}

static void orders_real_modules(void **state)
{
    static const char *const names[] = {"vhci-hcd.ko", "usbip-core.ko", "usbcore.ko",
                                        "usb-common.ko"};
    struct lab_file files[4];
    struct ud_module parsed[4];
    const struct ud_module *modules[4];
    size_t order[4];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        if (!lab_load(names[i], "", &files[i])) {
            skip();
        }
        assert_ok(ud_module_parse(files[i].data, files[i].len, names[i], &parsed[i], NULL));
        modules[i] = &parsed[i];
    }
    assert_ok(ud_order_modules(modules, 4, order, NULL));
    assert_int_equal(order[0], 3);
    assert_int_equal(order[3], 0);
    for (size_t i = 0; i < 4; i++) {
        ud_module_done(&parsed[i]);
        lab_file_done(&files[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exporters_and_depends_come_first),
        cmocka_unit_test(cycles_and_twins_are_named),
        cmocka_unit_test(orders_real_modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
