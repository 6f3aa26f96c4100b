#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake.h"

#define STATUS "/sys/devices/platform/vhci_hcd.0/status"
#define HEADER "hub port sta spd dev      sockfd local_busid\n"
#define FREE_PORT "hs  0000 004 000 00000000 000000 0-0\n"

/* vhci_hcd over usbip_core over usbcore over usb_common, each with a build ID
 * of its own. */
static void init_usual(struct fake *f)
{
    fake_init(f);
    struct fake_module *common = fake_load(f, "usb_common", 1);
    common->refcount = 1;
    (void)snprintf(common->users, sizeof common->users, "usbcore,");
    struct fake_module *core = fake_load(f, "usbcore", 2);
    core->refcount = 2;
    (void)snprintf(core->users, sizeof core->users, "usbip_core,vhci_hcd,");
    struct fake_module *usbip = fake_load(f, "usbip_core", 3);
    usbip->refcount = 1;
    (void)snprintf(usbip->users, sizeof usbip->users, "vhci_hcd,");
    fake_load(f, "vhci_hcd", 4);
    fake_text(f, STATUS, HEADER FREE_PORT);
    fake_publish(f);
}

#define REMOVE_USUAL "remove vhci-hcd usbip-core usbcore usb-common"

static void modules_are_removed_in_the_given_order_under_the_lock(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(f.did, "enter-all lock -vhci_hcd -usbip_core -usbcore -usb_common");
    assert_string_equal(a.text.data, "vhci-hcd removed 0 \n"
                                     "usbip-core removed 0 \n"
                                     "usbcore removed 0 \n"
                                     "usb-common removed 0 \n");
    answer_done(&a);
    fake_done(&f);
}

static void the_same_build_is_removed_another_is_left_alone(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    struct answer a = fake_run(&f, "remove --own vhci-hcd:04040404");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "vhci-hcd removed 0 \n");
    assert_string_equal(f.did, "lock -vhci_hcd");
    answer_done(&a);
    fake_load(&f, "dummy", 9);
    a = fake_run(&f, "remove dummy:0404 other");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "dummy foreign 0 09090909\nother absent 0 \n");
    assert_non_null(fake_find(&f, "dummy"));
    answer_done(&a);
    fake_load(&f, "plain", 0);
    a = fake_run(&f, "remove plain:0404");
    assert_has(&a, "plain foreign 0 \n");
    answer_done(&a);
    fake_done(&f);
}

static void an_attached_device_keeps_everything(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/status.1",
              HEADER "ss  0024 006 005 00010002 000003 5-1\n"
                     "ss  0025 005 000 00000000 000000 0-0");
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_string_equal(a.text.data, "vhci-hcd busy 0 port 24 (device 5-1), port 25 (state 5)\n");
    assert_non_null(strstr(a.message, "device 5-1"));
    assert_int_equal(f.count, 4);
    answer_done(&a);
    fake_done(&f);
}

static void a_status_that_makes_no_sense_counts_as_in_use(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    fake_text(&f, STATUS, HEADER "gibberish\n");
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_ERR_BUSY);
    answer_done(&a);
    fake_forget(&f, STATUS);
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/nports", "16\n");
    a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_int_equal(f.count, 4);
    answer_done(&a);
    fake_done(&f);
}

static void without_a_controller_no_port_is_in_use(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    fake_forget(&f, "/sys/devices");
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_OK);
    answer_done(&a);
    fake_done(&f);
}

static void users_that_stay_are_named_and_nothing_is_removed(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    (void)snprintf(fake_find(&f, "usbcore")->users, 128, "usbip_core,vhci_hcd,cdc_acm,usbserial,");
    fake_find(&f, "usbcore")->refcount = 4;
    fake_publish(&f);
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_string_equal(a.text.data, "usbcore busy 0 cdc_acm, usbserial\n");
    assert_int_equal(f.count, 4);
    answer_done(&a);
    fake_done(&f);
}

static void a_foreign_module_that_uses_ours_keeps_ours(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    struct answer a = fake_run(&f, "remove vhci-hcd:ffff usbip-core:03030303");
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_has(&a, "vhci-hcd foreign 0 04040404\nusbip-core busy 0 vhci_hcd\n");
    assert_int_equal(f.count, 4);
    answer_done(&a);
    fake_done(&f);
}

static void uses_other_than_by_modules_are_counted(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    fake_find(&f, "usbcore")->refcount = 5;
    fake_publish(&f);
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_string_equal(a.text.data, "usbcore busy 0 3 uses other than by modules\n");
    answer_done(&a);
    fake_done(&f);
}

static void a_permanent_module_keeps_everything(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    (void)snprintf(fake_find(&f, "usb_common")->users, 128, "usbcore,[permanent],");
    fake_publish(&f);
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_string_equal(a.text.data, "usb-common failed 16 it has no exit function\n");
    assert_int_equal(f.count, 4);
    answer_done(&a);
    fake_done(&f);
}

static void all_reasons_are_told_and_the_first_is_the_error(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    fake_text(&f, STATUS, HEADER "hs  0001 006 003 00010002 000003 1-1\n");
    (void)snprintf(fake_find(&f, "usb_common")->users, 128, "usbcore,phy,");
    fake_publish(&f);
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_string_equal(a.text.data, "vhci-hcd busy 0 port 1 (device 1-1)\n"
                                     "usb-common busy 0 phy\n");
    assert_non_null(strstr(a.message, "vhci-hcd"));
    answer_done(&a);
    fake_done(&f);
}

static void what_the_kernel_refuses_ends_the_removal(void **state)
{
    static const struct {
        int why;
        enum ud_code code;
        const char *line;
    } cases[] = {
        {EAGAIN, UD_ERR_BUSY, "usbip-core busy 0 something uses it\n"},
        {EBUSY, UD_ERR_REFUSED, "usbip-core failed 16 it has no exit function"},
        {ENOSYS, UD_ERR_REFUSED, "usbip-core failed 38 this kernel cannot unload modules\n"},
        {EPERM, UD_ERR_DENIED, "usbip-core failed 1 Operation not permitted\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake f;
        init_usual(&f);
        f.fail_remove = "usbip_core";
        f.remove_errno = cases[i].why;
        struct answer a = fake_run(&f, REMOVE_USUAL);
        assert_int_equal(a.code, cases[i].code);
        assert_has(&a, "vhci-hcd removed 0 \n");
        assert_has(&a, cases[i].line);
        assert_int_equal(f.count, 3);
        answer_done(&a);
        fake_done(&f);
    }
}

static void a_module_that_went_meanwhile_is_absent(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.fail_remove = "usbip_core";
    f.remove_errno = ENOENT;
    struct answer a = fake_run(&f, "remove vhci-hcd usbip-core");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "usbip-core absent 0 \n");
    answer_done(&a);
    fake_done(&f);
}

static void interruption_stops_between_two_modules(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.stop_at = 3;
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_ERR_INTERRUPTED);
    assert_non_null(strstr(a.message, "usbcore"));
    assert_int_equal(f.count, 2);
    answer_done(&a);
    fake_done(&f);
}

static void a_kernel_without_use_counts_is_left_to_say_no(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/proc/modules", "dummy 16384 - - Live 0x0\n");
    f.fail_remove = "dummy";
    f.remove_errno = ENOSYS;
    struct answer a = fake_run(&f, "remove dummy");
    assert_int_equal(a.code, UD_ERR_REFUSED);
    answer_done(&a);
    fake_done(&f);
}

static void without_a_list_of_modules_nothing_is_removed(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    fake_forget(&f, "/proc/modules");
    struct answer a = fake_run(&f, REMOVE_USUAL);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_string_equal(f.did, "enter-all lock");
    answer_done(&a);
    fake_done(&f);
}

static void bad_arguments_are_refused(void **state)
{
    static const char *const bad[] = {
        "remove",       "remove --own",         "remove a/b",     "remove a:",
        "remove a:xyz", "remove a:ABCD",        "remove a:0",     "remove usb-common usb_common",
        "remove :00",   "remove a:00 b a:0000", "remove --enter",
    };
    struct fake f;
    (void)state;
    fake_init(&f);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct answer a = fake_run(&f, bad[i]);
        if (a.code != UD_ERR_USAGE || a.exit_code != 2) {
            fail_msg("\"%s\" gave %d", bad[i], (int)a.code);
        }
        answer_done(&a);
    }
    assert_string_equal(f.did, "");
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_removed_in_the_given_order_under_the_lock),
        cmocka_unit_test(the_same_build_is_removed_another_is_left_alone),
        cmocka_unit_test(an_attached_device_keeps_everything),
        cmocka_unit_test(a_status_that_makes_no_sense_counts_as_in_use),
        cmocka_unit_test(without_a_controller_no_port_is_in_use),
        cmocka_unit_test(users_that_stay_are_named_and_nothing_is_removed),
        cmocka_unit_test(a_foreign_module_that_uses_ours_keeps_ours),
        cmocka_unit_test(uses_other_than_by_modules_are_counted),
        cmocka_unit_test(a_permanent_module_keeps_everything),
        cmocka_unit_test(all_reasons_are_told_and_the_first_is_the_error),
        cmocka_unit_test(what_the_kernel_refuses_ends_the_removal),
        cmocka_unit_test(a_module_that_went_meanwhile_is_absent),
        cmocka_unit_test(interruption_stops_between_two_modules),
        cmocka_unit_test(a_kernel_without_use_counts_is_left_to_say_no),
        cmocka_unit_test(without_a_list_of_modules_nothing_is_removed),
        cmocka_unit_test(bad_arguments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
