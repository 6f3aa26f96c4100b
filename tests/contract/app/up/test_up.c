/* up: which runs there are, what the journal says between them, and what is passed over. */
#include "up_fixture.h"

static const struct plugged bare = {"1-1", 0x6001, ""};

static enum ud_code up_with(struct trial *t, const char *busid, const char *with,
                            const struct ud_up_chooser *chooser)
{
    start(t);
    const struct ud_app app = {.report = &t->f.report};
    struct ud_up_options options = {
        .build = {.vm = {.host = scripted_engine_endpoint(t->f.script)},
                  .output = t->home,
                  .offline = true,
                  .source = "/nowhere/linux.tar.xz"},
        .remote = SERVER,
        .chooser = chooser,
    };
    if (busid != NULL) {
        ud_strv_add(&options.busids, busid);
    }
    if (t->also != NULL) {
        ud_strv_add(&options.hardware_ids, t->also);
    }
    if (with != NULL) {
        ud_strv_add(&options.build.with, with);
    }
    enum ud_code rc = ud_app_up(&app, &options, &t->up, &t->err);
    ud_strv_done(&options.busids);
    ud_strv_done(&options.hardware_ids);
    ud_strv_done(&options.build.with);
    return rc;
}

static void up_well(struct trial *t, const char *busid, const char *with)
{
    if (up_with(t, busid, with, NULL) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

/* ---- up ---- */

static void what_is_all_there_takes_one_look(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    answer_devices(&t, true, &plugged_ftdi, 1);
    up_well(&t, "1-1", NULL);
    assert_false(t.up.changed);
    assert_int_equal(t.up.count, 1);
    assert_true(t.up.devices[0].already);
    assert_string_equal(t.up.server, SERVER ":3240");
    expect_all_runs(&t);
    journal_expect(NULL);
    trial_done(&t);
}

static void a_device_that_is_named_twice_is_one(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    t.also = "0403:6001";
    answer_devices(&t, true, &plugged_ftdi, 1);
    up_well(&t, "1-1", NULL);
    assert_int_equal(t.up.count, 1);
    expect_all_runs(&t);
    trial_done(&t);
}

static void drivers_that_are_there_are_not_built(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    answer_devices(&t, true, &plugged_ftdi, 1);
    answer_probe(&t, USBIP_LOADED "ftdi_sio 1 0 - Live 0x0\n");
    up_well(&t, "1-1", "ftdi-sio,cp210x");
    assert_false(t.up.changed);
    assert_null(t.up.built);
    expect_all_runs(&t);
    trial_done(&t);
}

static void a_device_is_noted_and_attached(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    answer_devices(&t, true, NULL, 0);
    answer_list(&t, 1);
    answer_probe(&t, USBIP_LOADED);
    answer_attached(&t, &plugged_ftdi);
    up_well(&t, "1-1", NULL);
    assert_true(t.up.changed);
    assert_false(t.up.devices[0].already);
    expect_created(&t, 5, "\"attach\",\"--guard-unfixed\",\"1-1\",\"3240\",\"" SERVER "\"");
    expect_all_runs(&t);
    journal_expect("device " SERVER " 3240 1-1\n");
    trial_done(&t);
}

static void a_failed_attach_is_not_noted(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    answer_devices(&t, true, NULL, 0);
    answer_list(&t, 1);
    answer_probe(&t, USBIP_LOADED);
    answer_only(&t, UD_ERR_BUSY, "the server has it in use");
    assert_int_equal(up_with(&t, "1-1", NULL, NULL), UD_ERR_BUSY);
    expect_all_runs(&t);
    journal_expect(NULL);
    trial_done(&t);
}

/* Noted, and ended before it was done: a module that is not loaded, a device that is not there. */
static void an_interrupted_run_is_gone_on_with(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    journal_put(BOOT, "usbipd-desktop up 1\nengine tcp://x\nmodule usbcore\nmodule vhci-hcd\n"
                      "module never-came\ndevice " SERVER " 3240 1-1\n"
                      "device " SERVER " 3240 7-7\n");
    answer_devices(&t, true, NULL, 0);
    answer_list(&t, 1);
    answer_probe(&t, USBIP_LOADED);
    /* Once more behind the lock: another run may have done what the journal tells of. */
    answer_devices(&t, true, NULL, 0);
    answer_probe(&t, USBIP_LOADED);
    answer_attached(&t, &plugged_ftdi);
    up_well(&t, "1-1", NULL);
    expect_all_runs(&t);
    journal_expect("module usbcore\nmodule vhci-hcd\ndevice " SERVER " 3240 1-1\n");
    trial_done(&t);
}

static void a_device_that_is_not_exported_is_told_before_anything_is_done(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    answer_devices(&t, false, NULL, 0);
    answer_list(&t, 2);
    assert_int_equal(up_with(&t, "9-9", NULL, NULL), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(t.err.message, "1-2"));
    expect_all_runs(&t);
    trial_done(&t);
}

static void without_a_terminal_the_list_is_the_error(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    answer_devices(&t, true, NULL, 0);
    answer_list(&t, 2);
    assert_int_equal(up_with(&t, NULL, NULL, NULL), UD_ERR_USAGE);
    assert_non_null(strstr(t.err.message, "1-1 (0403:6001 FT232"));
    assert_non_null(strstr(t.err.message, "1-2 (0403:6002"));
    assert_non_null(strstr(t.err.remedy, "-b BUSID"));
    expect_all_runs(&t);
    trial_done(&t);
}

/* A driver that cannot be built for want of sources: the device is there all the same. */
static void a_device_without_a_driver_is_told_of(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    answer_devices(&t, true, &bare, 1);
    answer_probe(&t, USBIP_LOADED);
    answer_probe(&t, USBIP_LOADED); /* build's */
    up_well(&t, "1-1", NULL);
    assert_false(t.up.changed);
    assert_int_equal(t.up.devices[0].attached.missing.len, 1);
    assert_non_null(strstr(t.f.warnings, "none was built"));
    expect_all_runs(&t);
    trial_done(&t);
}

/* The server tells the interfaces: the sources are asked before the device is attached. */
static void a_driver_that_cannot_be_built_is_a_warning(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    answer_devices(&t, true, NULL, 0);
    t.tells_interfaces = true;
    answer_list(&t, 1);
    answer_probe(&t, USBIP_LOADED);
    answer_probe(&t, USBIP_LOADED); /* build's */
    answer_attached(&t, &bare);
    answer_only(&t, UD_OK, ""); /* no module of the VM fits */
    up_well(&t, "1-1", NULL);
    assert_true(t.up.changed);
    assert_int_equal(t.up.devices[0].attached.missing.len, 1);
    assert_non_null(strstr(t.f.warnings, "none was built"));
    expect_all_runs(&t);
    journal_expect("device " SERVER " 3240 1-1\n");
    trial_done(&t);
}

static void what_was_tried_is_not_tried_again(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    journal_put(BOOT, "usbipd-desktop up 1\nengine tcp://x\ntried 0403:6001:ffffff\n");
    answer_devices(&t, true, &bare, 1);
    answer_probe(&t, USBIP_LOADED);
    up_well(&t, "1-1", NULL);
    assert_string_equal(t.f.warnings, "");
    expect_all_runs(&t);
    trial_done(&t);
}

/* ---- choosing ---- */

struct choice {
    unsigned polls; /* before something is chosen */
    bool leave;
    bool ended;
    size_t offered;
};

static enum ud_code choice_begin(void *ctx, const struct ud_listing *listing, struct ud_error *err)
{
    (void)err;
    ((struct choice *)ctx)->offered = listing->count;
    return UD_OK;
}

static enum ud_code choice_poll(void *ctx, bool *ret_chosen, size_t *ret, struct ud_error *err)
{
    struct choice *choice = ctx;
    if (choice->leave) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "no device was chosen");
    }
    *ret_chosen = choice->polls-- == 0;
    *ret = 1;
    return UD_OK;
}

static void choice_end(void *ctx)
{
    ((struct choice *)ctx)->ended = true;
}

static void the_one_that_is_chosen_is_attached(void **state)
{
    static struct trial t;
    struct choice choice = {.polls = 2};
    const struct ud_up_chooser chooser = {&choice, choice_begin, choice_poll, choice_end};
    (void)state;
    trial_init(&t);
    answer_devices(&t, true, NULL, 0);
    answer_list(&t, 2);
    answer_probe(&t, USBIP_LOADED);
    answer_attached(&t, &plugged_ftdi);
    if (up_with(&t, NULL, NULL, &chooser) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(choice.offered, 2);
    assert_true(choice.ended);
    expect_created(&t, 5, "\"attach\",\"--guard-unfixed\",\"1-2\"");
    expect_all_runs(&t);
    trial_done(&t);
}

static void leaving_the_choice_is_an_interruption(void **state)
{
    static struct trial t;
    struct choice choice = {.leave = true};
    const struct ud_up_chooser chooser = {&choice, choice_begin, choice_poll, choice_end};
    (void)state;
    trial_init(&t);
    answer_devices(&t, true, NULL, 0);
    answer_list(&t, 2);
    assert_int_equal(up_with(&t, NULL, NULL, &chooser), UD_ERR_INTERRUPTED);
    assert_true(choice.ended);
    expect_all_runs(&t);
    trial_done(&t);
}

/* ---- a damaged journal ---- */

static void a_damaged_journal_stops_up_before_anything_is_done(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t);
    journal_put(BOOT, "usbipd-desktop up 1\nengine tcp://x\nmodule ../../etc/passwd\n");
    answer_devices(&t, true, NULL, 0);
    answer_list(&t, 1);
    answer_probe(&t, USBIP_LOADED);
    assert_int_equal(up_with(&t, "1-1", NULL, NULL), UD_ERR_USAGE);
    assert_non_null(strstr(t.err.message, BOOT));
    assert_non_null(strstr(t.err.message, "line 3"));
    expect_all_runs(&t);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_all_there_takes_one_look),
        cmocka_unit_test(a_device_that_is_named_twice_is_one),
        cmocka_unit_test(drivers_that_are_there_are_not_built),
        cmocka_unit_test(a_device_is_noted_and_attached),
        cmocka_unit_test(a_failed_attach_is_not_noted),
        cmocka_unit_test(an_interrupted_run_is_gone_on_with),
        cmocka_unit_test(a_device_that_is_not_exported_is_told_before_anything_is_done),
        cmocka_unit_test(without_a_terminal_the_list_is_the_error),
        cmocka_unit_test(a_device_without_a_driver_is_told_of),
        cmocka_unit_test(a_driver_that_cannot_be_built_is_a_warning),
        cmocka_unit_test(what_was_tried_is_not_tried_again),
        cmocka_unit_test(the_one_that_is_chosen_is_attached),
        cmocka_unit_test(leaving_the_choice_is_an_interruption),
        cmocka_unit_test(a_damaged_journal_stops_up_before_anything_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
