/* down: what up did is undone, and nothing else. */
#include "up_fixture.h"

static const struct plugged both[] = {{"1-1", 0x6001, "ftdi_sio"}, {"1-2", 1, "usb-storage"}};

static enum ud_code down(struct trial *t)
{
    start(t);
    const struct ud_app app = {.report = &t->f.report};
    const struct ud_down_options options = {.vm = {.host = scripted_engine_endpoint(t->f.script)}};
    return ud_app_down(&app, &options, &t->down, &t->err);
}

static void down_well(struct trial *t)
{
    if (down(t) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

/* ---- down ---- */

#define DONE                                                                                       \
    "usbipd-desktop up 1\nengine tcp://x\nmodule usbip-core\nmodule vhci-hcd\n"                    \
    "device " SERVER " 3240 1-1\n"

static void nothing_to_undo_is_no_error(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    answer_probe(&t, USBIP_LOADED);
    down_well(&t);
    assert_int_equal(t.down.detached.count + t.down.removed.len + t.down.kept.len, 0);
    expect_all_runs(&t);
    trial_done(&t);
}

/* What was noted of the other boot may be another VM's, which has its turn again. */
static void after_a_restart_of_the_vm_there_is_nothing_to_undo(void **state)
{
    static struct trial t;
    const char *other = "99999999-89ab-cdef-0123-456789abcdef";
    (void)state;
    trial_init(&t);
    journal_put(other, DONE);
    answer_probe(&t, USBIP_LOADED);
    down_well(&t);
    assert_int_equal(t.down.detached.count, 0);
    expect_all_runs(&t);
    char *path = journal_path(other);
    assert_int_equal(ud_fs_kind(path), UD_FS_FILE);
    free(path);
    trial_done(&t);
}

static void what_up_did_is_undone_in_reverse(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    journal_put(BOOT, DONE);
    answer_probe(&t, USBIP_LOADED);
    answer_devices(&t, true, &plugged_ftdi, 1);
    answer_devices(&t, true, &plugged_ftdi, 1); /* detach's */
    answer_probe(&t, USBIP_LOADED);             /* unload's */
    struct ud_buf *answer = begin(&t);
    ud_record_add_result(answer, "vhci-hcd", UD_VERDICT_REMOVED, 0, "");
    ud_record_add_result(answer, "usbip-core", UD_VERDICT_REMOVED, 0, "");
    answer_end(answer, UD_OK, "");
    down_well(&t);
    assert_int_equal(t.down.detached.count, 1);
    assert_int_equal(t.down.removed.len, 2);
    expect_created(&t, 2, "\"detach\",\"0\"");
    expect_created(&t, 4, "\"remove\",\"vhci-hcd\",\"usbip-core\"");
    expect_all_runs(&t);
    journal_expect(NULL);
    trial_done(&t);
}

static void what_up_did_not_do_is_left(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    journal_put(BOOT, DONE);
    answer_probe(&t, USBIP_LOADED);
    answer_devices(&t, true, both, 2);
    answer_devices(&t, true, &plugged_ftdi, 1);
    down_well(&t);
    assert_int_equal(t.down.detached.count, 1);
    assert_int_equal(t.down.removed.len, 0);
    assert_int_equal(t.down.kept.len, 2);
    assert_non_null(strstr(t.down.others.ports[0].device, "46f4:0001"));
    expect_created(&t, 2, "\"detach\",\"0\"");
    expect_all_runs(&t);
    journal_expect("module usbip-core\nmodule vhci-hcd\n");
    trial_done(&t);
}

static void what_is_in_use_stays_and_stays_noted(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    journal_put(BOOT, DONE);
    answer_probe(&t, USBIP_LOADED);
    answer_devices(&t, true, &plugged_ftdi, 1);
    answer_only(&t, UD_ERR_BUSY, "in use");
    assert_int_equal(down(&t), UD_ERR_BUSY);
    expect_all_runs(&t);
    journal_expect("module usbip-core\nmodule vhci-hcd\ndevice " SERVER " 3240 1-1\n");
    trial_done(&t);
}

static void a_damaged_journal_stops_down(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    journal_put(BOOT, "something else\n");
    answer_probe(&t, USBIP_LOADED);
    assert_int_equal(down(&t), UD_ERR_USAGE);
    expect_all_runs(&t);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_journal_stops_down),
        cmocka_unit_test(nothing_to_undo_is_no_error),
        cmocka_unit_test(after_a_restart_of_the_vm_there_is_nothing_to_undo),
        cmocka_unit_test(what_up_did_is_undone_in_reverse),
        cmocka_unit_test(what_up_did_not_do_is_left),
        cmocka_unit_test(what_is_in_use_stays_and_stays_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
