#include "kernel/modlist/modlist.h"

#include <stdlib.h>

#include "check.h"
#include "lab.h"

static void reads_proc_modules(void **state)
{
    static const char text[] = "vhci_hcd 61440 0 - Live 0xffffffffc0a00000\n"
                               "usbip_core 45056 1 vhci_hcd, Live 0xffffffffc09f0000 (OE)\n"
                               "bad_one 16384 1 [permanent], Loading 0x0000000000000000\n"
                               "nounload 16384 - - Live 0x0\n";
    struct ud_loaded_modules modules;
    (void)state;
    assert_ok(ud_loaded_parse(text, strlen(text), &modules, NULL));
    assert_int_equal(modules.len, 4);
    const struct ud_loaded_module *core = ud_loaded_find(&modules, "usbip-core");
    assert_non_null(core);
    assert_int_equal(core->size, 45056);
    assert_int_equal(core->refcount, 1);
    assert_int_equal(core->users.len, 1);
    assert_string_equal(core->users.items[0], "vhci_hcd");
    assert_true(core->live);
    const struct ud_loaded_module *bad = ud_loaded_find(&modules, "bad_one");
    assert_true(bad->permanent && !bad->live && bad->users.len == 0);
    assert_int_equal(ud_loaded_find(&modules, "nounload")->refcount, -1);
    assert_null(ud_loaded_find(&modules, "usbcore"));
    ud_loaded_done(&modules);
    assert_ok(ud_loaded_parse("", 0, &modules, NULL));
    assert_int_equal(modules.len, 0);
}

static void refuses_what_is_no_list(void **state)
{
    struct ud_loaded_modules modules;
    struct ud_deps deps;
    struct ud_strv names = {0};
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(ud_loaded_parse("a 1 0 - Live 0\nb\n", 17, &modules, &err), UD_ERR_PROTOCOL);
    assert_has(err.message, "line 2");
    assert_int_equal(ud_loaded_parse("a x 0 - Live\n", 13, &modules, &err), UD_ERR_PROTOCOL);
    static const char *const bad[] = {"kernel/a.ko\n",          "../../etc/a.ko:\n", "/a.ko:\n",
                                      "kernel/a.ko: ../b.ko\n", "kernel/a.so:\n",    ":\n"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(ud_deps_parse(bad[i], strlen(bad[i]), &deps, &err), UD_ERR_PROTOCOL);
        assert_has(err.message, "modules.dep: line 1");
    }
    assert_int_equal(ud_builtin_parse("kernel/x\n", 9, &names, &err), UD_ERR_PROTOCOL);
    assert_int_equal(names.len, 0);
}

static void finds_files_by_module_name(void **state)
{
    static const char text[] =
        "kernel/drivers/usb/usbip/usbip-core.ko.xz: kernel/drivers/usb/common/usb-common.ko.xz\n"
        "kernel/drivers/usb/usbip/vhci-hcd.ko.xz: kernel/drivers/usb/usbip/usbip-core.ko.xz "
        "kernel/drivers/usb/core/usbcore.ko.xz kernel/drivers/usb/common/usb-common.ko.xz\n"
        "kernel/drivers/usb/core/usbcore.ko.xz:\n";
    struct ud_deps deps;
    (void)state;
    assert_ok(ud_deps_parse(text, strlen(text), &deps, NULL));
    const struct ud_dep *vhci = ud_deps_find(&deps, "vhci_hcd");
    assert_non_null(vhci);
    assert_string_equal(vhci->path, "kernel/drivers/usb/usbip/vhci-hcd.ko.xz");
    assert_int_equal(vhci->needs.len, 3);
    assert_non_null(ud_deps_find(&deps, "usbip-core"));
    assert_null(ud_deps_find(&deps, "usb"));
    assert_null(ud_deps_find(&deps, "core"));
    ud_deps_done(&deps);
    assert_ok(ud_deps_parse("", 0, &deps, NULL));
}

static void knows_what_is_built_in(void **state)
{
    static const char text[] = "kernel/drivers/usb/usbip/vhci-hcd.ko\nkernel/lib/a_b.ko\n";
    struct ud_strv names = {0};
    (void)state;
    assert_ok(ud_builtin_parse(text, strlen(text), &names, NULL));
    assert_true(ud_builtin_has(&names, "vhci_hcd"));
    assert_true(ud_builtin_has(&names, "a-b"));
    assert_false(ud_builtin_has(&names, "usbcore"));
    ud_strv_done(&names);
}

static void reads_real_indexes(void **state)
{
    struct lab_file deps_file = {0}, builtin_file = {0};
    struct ud_deps deps;
    struct ud_strv builtin = {0};
    (void)state;
    if (!lab_load("modules.dep", "", &deps_file)) {
        skip();
    }
    assert_true(lab_load("modules.builtin", "", &builtin_file));
    assert_ok(ud_deps_parse((char *)deps_file.data, deps_file.len, &deps, NULL));
    assert_ok(ud_builtin_parse((char *)builtin_file.data, builtin_file.len, &builtin, NULL));
    assert_true(deps.len > 500);
    assert_true(builtin.len > 100);
    const struct ud_dep *vhci = ud_deps_find(&deps, "vhci_hcd");
    assert_non_null(vhci);
    assert_true(vhci->needs.len >= 3);
    assert_false(ud_builtin_has(&builtin, "vhci_hcd"));
    ud_deps_done(&deps);
    ud_strv_done(&builtin);
    lab_file_done(&deps_file);
    lab_file_done(&builtin_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_proc_modules),         cmocka_unit_test(refuses_what_is_no_list),
        cmocka_unit_test(finds_files_by_module_name), cmocka_unit_test(knows_what_is_built_in),
        cmocka_unit_test(reads_real_indexes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
