#include "kernel/kbuild/srcsel.h"

#include "check.h"

static void keeps_what_builds_need(void **state)
{
    static const char *const x86[] = {"Makefile",
                                      "Kbuild",
                                      "Kconfig",
                                      "include/linux/usb.h",
                                      "include/dt-bindings/leds/common.h",
                                      "include/video/edid.h",
                                      "drivers/usb/Makefile",
                                      "arch/x86/Makefile",
                                      "arch/x86/kernel/asm-offsets.c",
                                      "arch/x86/kvm/Kconfig",
                                      "arch/arm/crypto/Kconfig",
                                      "drivers/net/usb/Kconfig",
                                      "block/Kconfig.iosched",
                                      "scripts/mod/modpost.c",
                                      "scripts/dtc/include-prefixes/x86",
                                      "tools/objtool/check.c",
                                      "tools/lib/string.c",
                                      "tools/lib/subcmd/Build",
                                      "drivers/usb/usbip/vhci_hcd.c",
                                      "lib/genalloc.c",
                                      "fs/nls/nls_base.c",
                                      "kernel/bounds.c",
                                      "kernel/module/version.c",
                                      "kernel/sched/rq-offsets.c",
                                      "kernel/sched/sched.h",
                                      "kernel/sched/ext/ext.h",
                                      "kernel/workqueue_internal.h",
                                      "kernel/time/timeconst.bc",
                                      "security/selinux/include/classmap.h"};
    (void)state;
    for (size_t i = 0; i < COUNT(x86); i++) {
        if (!ud_srcsel_wants(x86[i], "x86")) {
            fail_msg("%s", x86[i]);
        }
    }
    assert_true(ud_srcsel_wants("arch/x86/entry/syscalls/syscall_32.tbl", "arm64"));
    assert_true(ud_srcsel_wants("arch/arm64/kernel/vdso/Makefile", "arm64"));
}

static void what_an_earlier_build_left_is_known(void **state)
{
    static const char *const built[] = {"scripts/gcc-plugins/randomize_layout_plugin.so",
                                        "scripts/gcc-plugins/.stackleak_plugin.so.cmd",
                                        "scripts/basic/.fixdep.cmd",
                                        "scripts/kconfig/.conf.d",
                                        "tools/objtool/libsubcmd.a",
                                        "drivers/usb/usbip/vhci_hcd.o",
                                        "drivers/usb/usbip/vhci-hcd.ko"};
    static const char *const source[] = {
        "scripts/gcc-plugins/stackleak_plugin.c", "scripts/gcc-plugins/randomize_layout_seed.h",
        "scripts/Makefile.modfinal", "tools/build/Build", "arch/x86/entry/vdso/vdso.lds.S"};
    (void)state;
    for (size_t i = 0; i < COUNT(built); i++) {
        assert_true(ud_srcsel_is_built(built[i]));
    }
    for (size_t i = 0; i < COUNT(source); i++) {
        assert_false(ud_srcsel_is_built(source[i]));
    }
}

static void leaves_the_rest(void **state)
{
    static const char *const x86[] = {"arch/x86/kvm/x86.c",
                                      "arch/x86/mm/init.c",
                                      "arch/arm64/Makefile",
                                      "kernel/sched/core.c",
                                      "kernel/sched/ext/ext.c",
                                      "tools/lib/bpf/libbpf.c",
                                      "scripts/kconfig/tests/conftest.py",
                                      "arch/x86_64/Makefile",
                                      "Documentation/Makefile",
                                      "drivers/net/usb/asix.c",
                                      "scripts/coccinelle/a.cocci",
                                      "tools/perf/perf.c",
                                      "kernel/fork.c",
                                      "drivers/usb/host/xhci.c",
                                      "include/sound/core.h",
                                      "include/linux/mfd/core.h",
                                      "localversion",
                                      ".scmversion",
                                      "net/Makefile",
                                      "lib/genalloc.c.orig",
                                      "kernel/module2/a.c"};
    (void)state;
    for (size_t i = 0; i < COUNT(x86); i++) {
        if (ud_srcsel_wants(x86[i], "x86")) {
            fail_msg("%s", x86[i]);
        }
    }
    assert_false(ud_srcsel_wants("arch/arm64/boot/dts/a.dts", "arm64"));
    assert_true(ud_srcsel_wants("arch/arm64/boot/Makefile", "arm64"));
}

static void rules_are_told_as_text(void **state)
{
    (void)state;
    struct ud_buf x86;
    struct ud_buf arm64;
    ud_buf_init(&x86, 1 << 16);
    ud_buf_init(&arm64, 1 << 16);
    ud_srcsel_rules("x86", &x86);
    ud_srcsel_rules("arm64", &arm64);
    assert_non_null(strstr(x86.data, "for x86"));
    assert_non_null(strstr(x86.data, " kernel/bounds.c"));
    assert_non_null(strstr(x86.data, " kvm/"));
    assert_non_null(strstr(x86.data, " coccinelle/"));
    assert_string_not_equal(x86.data, arm64.data);
    ud_buf_done(&x86);
    ud_buf_done(&arm64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_builds_need),
        cmocka_unit_test(what_an_earlier_build_left_is_known),
        cmocka_unit_test(leaves_the_rest),
        cmocka_unit_test(rules_are_told_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
