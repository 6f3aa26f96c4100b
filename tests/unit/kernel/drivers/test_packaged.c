#include "kernel/drivers/packaged.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "util/buf.h"

#define RELEASE "6.8.0-45-generic"
#define KERNEL "lib/modules/" RELEASE "/kernel/"

/* A module of the packages below, with what its file says. */
static void add(struct ud_packaged *packaged, const char *path, const char *depends,
                const char *alias)
{
    struct ud_packaged_module *module = ud_packaged_add(packaged, path);
    module->read = true;
    if (depends[0] != '\0') {
        ud_strv_add(&module->depends, depends);
    }
    if (alias != NULL) {
        ud_strv_add(&module->aliases, alias);
    }
}

static void fill(struct ud_packaged *packaged)
{
    *packaged = (struct ud_packaged){0};
    add(packaged, KERNEL "drivers/usb/usbip/usbip-core.ko.zst", "", NULL);
    add(packaged, KERNEL "drivers/usb/usbip/vhci-hcd.ko.zst", "usbip_core", NULL);
    add(packaged, KERNEL "drivers/usb/serial/usbserial.ko.zst", "", NULL);
    add(packaged, KERNEL "drivers/usb/serial/ftdi_sio.ko.zst", "usbserial",
        "usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*");
    add(packaged, KERNEL "drivers/usb/class/cdc-acm.ko.zst", "tty_core",
        "usb:v*p*d*dc*dsc*dp*ic02isc02ip01in*");
}

static struct ud_deps own_deps;
static struct ud_strv own_builtin;
static const struct ud_packaged_own own = {&own_deps, &own_builtin};

/* "vhci-hcd usbip-core* ": the choice, with a star for what was not asked for; or the error. */
static char *chosen(struct ud_driver_wish *wish, const char *base)
{
    struct ud_packaged packaged;
    struct ud_driver_choice choice;
    struct ud_error err = {0};
    struct ud_strv names = {0};
    struct ud_buf out;
    fill(&packaged);
    ud_buf_init(&out, 4096);
    if (base != NULL) {
        ud_strv_add(&names, base);
    }
    if (ud_packaged_choose(&packaged, wish, &names, &own, &choice, &err) == UD_OK) {
        for (size_t i = 0; i < choice.len; i++) {
            ud_buf_addf(&out, "%s%s ", choice.items[i].name, choice.items[i].wanted ? "" : "*");
        }
        for (size_t i = 0; i < choice.unserved.len; i++) {
            ud_buf_addf(&out, "[%s]", choice.unserved.items[i]);
        }
        ud_driver_choice_done(&choice);
    } else {
        ud_buf_addf(&out, "%d: %s", (int)err.code, err.message);
    }
    ud_strv_done(&names);
    ud_packaged_done(&packaged);
    ud_driver_wish_done(wish);
    *wish = (struct ud_driver_wish){0};
    char *text = ud_buf_take(&out, NULL);
    ud_buf_done(&out);
    return text;
}

static void expect_chosen(struct ud_driver_wish *wish, const char *base, const char *expected)
{
    char *text = chosen(wish, base);
    assert_string_equal(text, expected);
    free(text);
}

static void modules_are_known_by_their_paths(void **state)
{
    (void)state;
    assert_true(ud_packaged_is_module(KERNEL "drivers/usb/usbip/vhci-hcd.ko.zst", RELEASE));
    assert_true(ud_packaged_is_module("usr/" KERNEL "a.ko", RELEASE));
    assert_true(ud_packaged_is_module("lib/modules/" RELEASE "/extra/a.ko.xz", RELEASE));
    assert_false(ud_packaged_is_module("lib/modules/" RELEASE "-other/kernel/a.ko", RELEASE));
    assert_false(ud_packaged_is_module("boot/a.ko", RELEASE));
    assert_false(ud_packaged_is_module(KERNEL "modules.order", RELEASE));
    assert_false(ud_packaged_is_module("usr/share/" KERNEL "a.ko", RELEASE));
}

static void the_first_package_with_a_module_counts(void **state)
{
    struct ud_packaged packaged;
    (void)state;
    fill(&packaged);
    assert_null(ud_packaged_add(&packaged, KERNEL "updates/vhci_hcd.ko"));
    const struct ud_packaged_module *module = ud_packaged_find(&packaged, "vhci_hcd");
    assert_string_equal(module->dir, "drivers/usb/usbip");
    assert_string_equal(module->name, "vhci-hcd");
    ud_packaged_done(&packaged);
}

static void a_choice_has_what_it_needs(void **state)
{
    struct ud_driver_wish wish = {0};
    (void)state;
    expect_chosen(&wish, "vhci-hcd", "vhci-hcd* usbip-core* ");
    ud_strv_add(&wish.names, "ftdi-sio");
    expect_chosen(&wish, NULL, "ftdi_sio usbserial* ");
    ud_strv_add(&wish.names, "serial");
    expect_chosen(&wish, NULL, "14: no module tty_core is in the packages");
}

static void what_the_kernel_has_itself_is_not_looked_for(void **state)
{
    struct ud_driver_wish wish = {0};
    (void)state;
    ud_strv_add(&own_builtin, "tty_core");
    ud_strv_add(&wish.names, "serial");
    expect_chosen(&wish, NULL, "usbserial ftdi_sio cdc-acm ");
    ud_strv_add(&wish.names, "tty-core");
    expect_chosen(&wish, NULL, "tty-core ");
    ud_strv_done(&own_builtin);
}

static void what_is_in_no_package_is_named(void **state)
{
    struct ud_driver_wish wish = {0};
    (void)state;
    ud_strv_add(&wish.names, "ftdi_sio");
    ud_strv_add(&wish.names, "pl2303");
    char *text = chosen(&wish, NULL);
    assert_has(text, "no module pl2303 is in the packages");
    free(text);
    ud_strv_add(&wish.names, "audio");
    text = chosen(&wish, NULL);
    assert_has(text, "no module audio is in the packages");
    free(text);
}

static void devices_are_served_by_aliases(void **state)
{
    struct ud_driver_wish wish = {0};
    (void)state;
    ud_strv_add(&wish.devices, "0403:6001");
    expect_chosen(&wish, NULL, "ftdi_sio usbserial* ");
    ud_strv_add(&wish.devices, "1234:5678");
    char *text = chosen(&wish, NULL);
    assert_has(text, "no module in the packages is for the device 1234:5678");
    free(text);
    wish.devices_may_lack = true;
    ud_strv_add(&wish.devices, "1234:5678");
    expect_chosen(&wish, NULL, "[no module in the packages is for the device 1234:5678]");
    ud_strv_add(&own_builtin, "tty_core");
    ud_strv_add(&wish.devices, "1234:5678:020201");
    expect_chosen(&wish, NULL, "cdc-acm ");
    ud_strv_done(&own_builtin);
}

static void aliases_fit_as_the_kernel_means_them(void **state)
{
    static const struct {
        const char *alias, *device;
        bool fits;
    } cases[] = {
        {"usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*", "0403:6001", true},
        {"usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*", "0403:6001:ffffff", true},
        {"usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*", "0403:6002", false},
        {"usb:v0403p*d*dc*dsc*dp*ic*isc*ip*in*", "0403:6002", true},
        {"usb:v0BDAp8153d*dc*dsc*dp*icFFiscFFip00in*", "0bda:8153", true},
        {"usb:v0BDAp8153d*dc*dsc*dp*icFFiscFFip00in*", "0bda:8153:ffff00", true},
        {"usb:v0BDAp8153d*dc*dsc*dp*icFFiscFFip00in*", "0bda:8153:020d00", false},
        {"usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*", "1234:5678", false},
        {"usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*", "1234:5678:080650", true},
        {"usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*", "1234:5678:080662", false},
        {"usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*", "046d:c52b:030102", true},
        {"usb:v*p*d*dc*dsc*dp*ic*isc*ip*in*", "1234:5678:080650", false},
        {"usb:v04B4p861[2-4]d*dc*dsc*dp*ic*isc*ip*in*", "04b4:8613", false},
        {"usb:v0403p6001d01[0-9]*dc*dsc*dp*ic*isc*ip*in*", "0403:6001", true},
        {"hid:b0003g*v0000046Dp0000C52B", "046d:c52b", true},
        {"hid:b0005g*v0000046Dp0000C52B", "046d:c52b", false},
        {"hid:b0003g*v0000046Dp*", "046d:1234", true},
        {"pci:v00008086d00001E31sv*sd*bc*sc*i*", "8086:1e31", false},
        {"usb:", "0403:6001", false},
        {"usb:v04", "0403:6001", false},
        {"hid:b0003g*v0000046D", "046d:c52b", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (ud_packaged_alias_fits(cases[i].alias, cases[i].device) != cases[i].fits) {
            fail_msg("%s for %s", cases[i].alias, cases[i].device);
        }
    }
}

/* Names that are read before anything can be chosen, one after the other. */
static void what_was_not_read_yet_is_asked_for(void **state)
{
    struct ud_packaged packaged = {0};
    struct ud_driver_wish wish = {0};
    struct ud_strv base = {0};
    struct ud_strv unread = {0};
    (void)state;
    ud_packaged_add(&packaged, KERNEL "drivers/usb/usbip/usbip-core.ko");
    ud_packaged_add(&packaged, KERNEL "drivers/usb/usbip/vhci-hcd.ko");
    ud_packaged_add(&packaged, KERNEL "drivers/net/mii.ko");
    ud_strv_add(&base, "vhci-hcd");
    ud_packaged_unread(&packaged, &wish, &base, &own, &unread);
    assert_int_equal(unread.len, 1);
    assert_string_equal(unread.items[0], "vhci-hcd");
    struct ud_packaged_module *module = ud_packaged_find(&packaged, "vhci-hcd");
    module->read = true;
    ud_strv_add(&module->depends, "usbip_core");
    ud_strv_done(&unread);
    ud_packaged_unread(&packaged, &wish, &base, &own, &unread);
    assert_int_equal(unread.len, 1);
    assert_string_equal(unread.items[0], "usbip-core");
    ud_strv_done(&unread);
    ud_strv_add(&wish.devices, "0403:6001");
    ud_packaged_unread(&packaged, &wish, &base, &own, &unread);
    assert_int_equal(unread.len, 2);
    ud_strv_done(&unread);
    ud_strv_done(&base);
    ud_driver_wish_done(&wish);
    ud_packaged_done(&packaged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_known_by_their_paths),
        cmocka_unit_test(the_first_package_with_a_module_counts),
        cmocka_unit_test(a_choice_has_what_it_needs),
        cmocka_unit_test(what_the_kernel_has_itself_is_not_looked_for),
        cmocka_unit_test(what_is_in_no_package_is_named),
        cmocka_unit_test(devices_are_served_by_aliases),
        cmocka_unit_test(aliases_fit_as_the_kernel_means_them),
        cmocka_unit_test(what_was_not_read_yet_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
