#include "kernel/plan/depmod.h"

#include "check.h"
#include "made_module.h"

static const char *const files[] = {"usb-common.ko", "usbcore.ko", "usbip-core.ko", "vhci-hcd.ko"};

/* The four modules in load order, with what modinfo says of them. */
static void fill(struct ud_module modules[4])
{
    modules[0] = made_module("usb_common", "x");
    modules[1] = made_module("usbcore", "x");
    modules[2] = made_module("usbip_core", "x");
    modules[3] = made_module("vhci_hcd", "x");
    ud_strv_add(&modules[1].depends, "usb-common");
    ud_strv_add(&modules[2].depends, "usbcore");
    ud_strv_add(&modules[3].depends, "usbip-core");
    ud_strv_add(&modules[3].depends, "not-among-them");
}

static void make(struct ud_deps *deps)
{
    struct ud_module modules[4];
    const struct ud_module *pointers[4];
    fill(modules);
    for (size_t i = 0; i < 4; i++) {
        pointers[i] = &modules[i];
    }
    ud_depmod_deps(pointers, files, 4, "extra", deps);
    for (size_t i = 0; i < 4; i++) {
        ud_module_done(&modules[i]);
    }
}

/* What is needed is closed over, the nearest first, as modprobe inserts from the end. */
static void dependencies_are_transitive_and_in_depmods_order(void **state)
{
    struct ud_deps deps;
    struct ud_buf text;
    (void)state;
    make(&deps);
    ud_buf_init(&text, 4096);
    ud_depmod_text(&deps, &text);
    assert_string_equal(
        text.data, "extra/usb-common.ko:\n"
                   "extra/usbcore.ko: extra/usb-common.ko\n"
                   "extra/usbip-core.ko: extra/usbcore.ko extra/usb-common.ko\n"
                   "extra/vhci-hcd.ko: extra/usbip-core.ko extra/usbcore.ko extra/usb-common.ko\n");
    ud_buf_done(&text);
    ud_deps_done(&deps);
}

static void our_own_reader_understands_the_text(void **state)
{
    struct ud_deps deps;
    struct ud_deps again;
    struct ud_buf text;
    (void)state;
    make(&deps);
    ud_buf_init(&text, 4096);
    ud_depmod_text(&deps, &text);
    assert_ok(ud_deps_parse(text.data, text.len, &again, NULL));
    assert_int_equal(again.len, 4);
    assert_int_equal(ud_deps_find(&again, "vhci_hcd")->needs.len, 3);
    ud_deps_done(&again);
    ud_buf_done(&text);
    ud_deps_done(&deps);
}

/* The bytes that Debian 12's depmod (kmod 30) writes for two such modules, up to
 * the priorities, which are theirs: "a_b" alone, "a_c" after it. */
static void the_index_has_the_bytes_of_depmods(void **state)
{
    static const unsigned char expected[] = "\xb0\x07\xf4\x57\x00\x02\x00\x01\xa0\x00\x00\x39"
                                            "\x00\x00\x00\x01\x00\x00\x00\x00x/a-b.ko:\0"
                                            "\x00\x00\x00\x01\x00\x00\x00\x01x/a-c.ko: x/a-b.ko\0"
                                            "a_\0bc\x40\x00\x00\x0c\x40\x00\x00\x1e";
    struct ud_module a = made_module("a_b", "x");
    struct ud_module c = made_module("a_c", "x");
    const struct ud_module *modules[] = {&a, &c};
    const char *const names[] = {"a-b.ko", "a-c.ko"};
    struct ud_deps deps;
    struct ud_buf out;
    (void)state;
    ud_strv_add(&c.depends, "a_b");
    ud_depmod_deps(modules, names, 2, "x", &deps);
    ud_buf_init(&out, 4096);
    ud_depmod_index(&deps, &out);
    assert_int_equal(out.len, sizeof expected - 1);
    assert_memory_equal(out.data, expected, sizeof expected - 1);
    ud_buf_done(&out);
    ud_deps_done(&deps);
    ud_module_done(&a);
    ud_module_done(&c);
}

static void an_index_of_nothing_has_no_root(void **state)
{
    const struct ud_deps none = {0};
    struct ud_buf out;
    (void)state;
    ud_buf_init(&out, 64);
    ud_depmod_index(&none, &out);
    assert_int_equal(out.len, 12);
    assert_memory_equal(out.data + 8, "\0\0\0\0", 4);
    ud_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dependencies_are_transitive_and_in_depmods_order),
        cmocka_unit_test(our_own_reader_understands_the_text),
        cmocka_unit_test(the_index_has_the_bytes_of_depmods),
        cmocka_unit_test(an_index_of_nothing_has_no_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
