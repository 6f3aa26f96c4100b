#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sys/kmsg.h"

static void the_text_is_what_follows_the_semicolon_on_the_first_line(void **state)
{
    struct ud_slice text;
    (void)state;
    assert_true(ud_kmsg_text(ud_slice_of("6,1234,98765,-;usbcore: registered; twice\n"
                                         " SUBSYSTEM=usb\n DEVICE=+usb:1-1\n"),
                             &text));
    assert_true(ud_slice_equals(text, "usbcore: registered; twice"));
    assert_true(ud_kmsg_text(ud_slice_of("30,1,2,c,caller=T1;x"), &text));
    assert_true(ud_slice_equals(text, "x"));
    assert_true(ud_kmsg_text(ud_slice_of("6,1,2,-;\n"), &text));
    assert_int_equal(text.len, 0);
    assert_true(ud_kmsg_text(ud_slice_of("6,1,2,-;"), &text));
    assert_int_equal(text.len, 0);
}

static void other_things_are_no_records(void **state)
{
    struct ud_slice text;
    (void)state;
    assert_false(ud_kmsg_text(ud_slice_of(""), &text));
    assert_false(ud_kmsg_text(ud_slice_of("6,1,2,-"), &text));
    assert_false(ud_kmsg_text(ud_slice_of(" SUBSYSTEM=usb;"), &text));
}

static bool concerns(const char *text, const char *module)
{
    return ud_kmsg_concerns(ud_slice_of(text), module);
}

static void lines_that_name_the_module_concern_it(void **state)
{
    (void)state;
    assert_true(concerns("usbip_core: loading", "usbip-core"));
    assert_true(concerns("error in usbip-core", "usbip-core"));
    assert_true(concerns("vhci_hcd vhci_hcd.0: USB/IP Virtual Host Controller", "vhci-hcd"));
    assert_true(concerns("usbcore: registered new interface driver usbfs", "usbcore"));
    assert_true(concerns("module [dummy] x", "dummy"));
}

static void lines_that_only_contain_its_name_do_not(void **state)
{
    (void)state;
    assert_false(concerns("usbcore2: hello", "usbcore"));
    assert_false(concerns("my_usbcore: hello", "usbcore"));
    assert_false(concerns("usb-common-x", "usb-common"));
    assert_false(concerns("eth0: link becomes ready", "usbcore"));
    assert_false(concerns("", "usbcore"));
    assert_false(concerns("usbcor", "usbcore"));
}

/* As printed by 6.1 and 6.12. */
static void lines_of_the_module_loader_concern_whatever_is_loaded(void **state)
{
    (void)state;
    assert_true(concerns("Invalid ELF section header overflow", "ifb"));
    assert_true(concerns("Loading of unsigned module is rejected", "ifb"));
    assert_true(concerns("Lockdown: helper: unsigned module loading is restricted; see man "
                         "kernel_lockdown.7",
                         "ifb"));
    assert_true(
        concerns("(missing .modinfo name field): no symbol version for module_layout", "x"));
    assert_true(concerns("audit: type=1400 audit(1.2:3): avc:  denied  { module_load } for  pid=9 "
                         "comm=\"helper\" scontext=system_u:system_r:spc_t:s0",
                         "x"));
    assert_true(concerns("audit: type=1400 audit(1.2:4): avc:  denied  { sys_module } for  pid=9 "
                         "comm=\"helper\" capability=16",
                         "x"));
    assert_true(concerns("failed to validate module [ifb2] BTF: -22", "x"));
    assert_true(concerns("module: x86/modules: Skipping invalid relocation target, existing value "
                         "is nonzero for type 1",
                         "x"));
}

static void no_log_reads_as_nothing(void **state)
{
    struct ud_strv lines = {0};
    (void)state;
    ud_kmsg_skip(-1);
    ud_kmsg_read(-1, &lines);
    assert_int_equal(lines.len, 0);
    ud_strv_done(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_what_follows_the_semicolon_on_the_first_line),
        cmocka_unit_test(other_things_are_no_records),
        cmocka_unit_test(lines_that_name_the_module_concern_it),
        cmocka_unit_test(lines_that_only_contain_its_name_do_not),
        cmocka_unit_test(lines_of_the_module_loader_concern_whatever_is_loaded),
        cmocka_unit_test(no_log_reads_as_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
