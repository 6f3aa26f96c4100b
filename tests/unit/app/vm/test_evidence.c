/* Which of the VM's own modules are read to compare with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vm/evidence.h"

static void expect_with(const char *deps, const struct ud_plan *plan, const struct ud_strv *needed,
                        const char *paths)
{
    struct ud_facts facts = {0};
    struct ud_strv chosen = {0};
    assert_int_equal(ud_deps_parse(deps, strlen(deps), &facts.deps, NULL), UD_OK);
    ud_evidence_choose(&facts, plan, needed, &chosen);
    char *text = ud_strv_join(&chosen, " ");
    assert_string_equal(text, paths);
    free(text);
    ud_strv_done(&chosen);
    ud_facts_done(&facts);
}

static void expect(const char *deps, const struct ud_plan *plan, const char *paths)
{
    expect_with(deps, plan, NULL, paths);
}

static void small_ones_of_the_kernel_itself_are_chosen(void **state)
{
    (void)state;
    expect("", NULL, "");
    expect("kernel/big.ko: kernel/other.ko\nkernel/other.ko:\n", NULL, "kernel/other.ko");
    expect("updates/dummy.ko:\nkernel/z/tun.ko.xz:\nkernel/a.ko:\n", NULL, "kernel/z/tun.ko.xz");
    expect("kernel/dummy.ko:\nkernel/loop.ko:\nkernel/veth.ko:\nkernel/tun.ko:\nkernel/nbd.ko:\n"
           "kernel/msr.ko:\nkernel/cpuid.ko:\n",
           NULL,
           "kernel/dummy.ko kernel/loop.ko kernel/veth.ko kernel/tun.ko kernel/nbd.ko "
           "kernel/msr.ko");
}

static void those_that_ours_stand_on_come_first(void **state)
{
    struct ud_plan plan = {0};
    char path[] = "kernel/usbcore.ko";
    (void)state;
    plan.items[UD_PLAN_USBCORE].origin = UD_ORIGIN_OWN_FILE;
    plan.items[UD_PLAN_USBCORE].path = path;
    expect("kernel/dummy.ko:\nkernel/usbcore.ko: kernel/usb-common.ko\nkernel/usb-common.ko:\n",
           &plan, "kernel/usb-common.ko kernel/usbcore.ko kernel/dummy.ko");
}

static void those_that_drivers_import_from_are_read(void **state)
{
    struct ud_strv needed = {0};
    (void)state;
    ud_strv_add(&needed, "scsi_mod");
    ud_strv_add(&needed, "can-dev");
    ud_strv_add(&needed, "nowhere");
    expect_with("kernel/dummy.ko:\nkernel/scsi_mod.ko: kernel/scsi_common.ko\n"
                "kernel/scsi_common.ko:\nupdates/can_dev.ko.xz:\n",
                NULL, &needed, "kernel/scsi_mod.ko updates/can_dev.ko.xz kernel/dummy.ko");
    ud_strv_done(&needed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_ones_of_the_kernel_itself_are_chosen),
        cmocka_unit_test(those_that_ours_stand_on_come_first),
        cmocka_unit_test(those_that_drivers_import_from_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
