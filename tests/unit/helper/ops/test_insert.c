#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake.h"

static const char *const usual[] = {"usb-common", "usbcore", "usbip-core", "vhci-hcd"};
#define INSERT_USUAL "insert usb-common usbcore usbip-core vhci-hcd"

static void init_usual(struct fake *f)
{
    fake_init(f);
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        fake_file(f, usual[i]);
    }
}

static void modules_are_inserted_in_the_given_order_under_the_lock(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    fake_text(&f, "/sys/bus/platform/drivers/vhci_hcd/uevent", "");
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/nports", "16\n");
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/status", "hub port\n");
    struct answer a = fake_run(&f, INSERT_USUAL);
    assert_int_equal(a.code, UD_OK);
    assert_int_equal(a.exit_code, 0);
    assert_string_equal(f.did, "enter-all lock +usb_common +usbcore +usbip_core +vhci_hcd");
    assert_string_equal(a.text.data, "fact unload-supported=1\n"
                                     "usb-common inserted 0 \n"
                                     "usbcore inserted 0 \n"
                                     "usbip-core inserted 0 \n"
                                     "vhci-hcd inserted 0 \n"
                                     "fact vhci-driver=1\n"
                                     "fact vhci-overflow=1\n"
                                     "fact vhci-nports=16\n"
                                     "blob vhci-status=hub port\n\n");
    answer_done(&a);
    fake_done(&f);
}

static void own_namespaces_are_kept_if_asked(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    struct answer a = fake_run(&f, "insert --own usbcore");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(f.did, "lock +usbcore");
    answer_done(&a);
    fake_done(&f);
}

static void a_live_module_is_left_alone(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    fake_load(&f, "usb_common", 7);
    struct answer a = fake_run(&f, "insert usb-common usbcore");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "usb-common present 0 unknown\n");
    assert_has(&a, "usbcore inserted 0 \n");
    answer_done(&a);
    fake_done(&f);
}

static void a_failure_is_told_with_the_log_and_undone_in_reverse(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    fake_load(&f, "usb_common", 0);
    f.fail_insert = "vhci_hcd";
    f.insert_errno = ENOEXEC;
    f.log = "vhci_hcd: no symbol version for module_layout\n"
            "eth0: link becomes ready\n";
    struct answer a = fake_run(&f, INSERT_USUAL);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_int_equal(a.exit_code, 1);
    assert_non_null(strstr(a.message, "vhci-hcd"));
    assert_has(&a, "log vhci-hcd: vhci_hcd: no symbol version for module_layout\n"
                   "vhci-hcd failed 8 it was not built for this kernel, or is damaged\n"
                   "usbip-core removed 0 \n"
                   "usbcore removed 0 \n");
    assert_has_not(&a, "eth0");
    assert_has_not(&a, "vhci-nports");
    assert_int_equal(f.count, 1);
    assert_non_null(fake_find(&f, "usb_common"));
    answer_done(&a);
    fake_done(&f);
}

static void what_cannot_be_undone_is_told_and_the_rest_undone(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.fail_insert = "vhci_hcd";
    f.insert_errno = EKEYREJECTED;
    f.fail_remove = "usbcore";
    f.remove_errno = EAGAIN;
    struct answer a = fake_run(&f, INSERT_USUAL);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_has(&a, "usbip-core removed 0 \n"
                   "usbcore kept 11 Resource temporarily unavailable\n"
                   "usb-common removed 0 \n");
    answer_done(&a);
    fake_done(&f);
}

static void missing_privilege_is_denied(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.fail_insert = "usb_common";
    f.insert_errno = EPERM;
    f.fail_remove = "*";
    f.remove_errno = EPERM;
    struct answer a = fake_run(&f, INSERT_USUAL);
    assert_int_equal(a.code, UD_ERR_DENIED);
    assert_has_not(&a, "unload-supported");
    answer_done(&a);
    fake_done(&f);
}

static void a_kernel_without_unloading_is_noticed(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.fail_remove = "*";
    f.remove_errno = ENOSYS;
    struct answer a = fake_run(&f, INSERT_USUAL);
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact unload-supported=0\n");
    answer_done(&a);
    fake_done(&f);
}

static void a_busy_name_is_tried_again(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.fail_insert = "usbcore";
    f.insert_errno = EBUSY;
    f.insert_times = 3;
    struct answer a = fake_run(&f, "insert usbcore");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(f.did, "enter-all lock !usbcore !usbcore !usbcore +usbcore");
    assert_int_equal(f.slept_ms, 300);
    answer_done(&a);
    fake_done(&f);
}

static void a_name_that_stays_busy_fails_after_ten_seconds(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.fail_insert = "usbcore";
    f.insert_errno = EBUSY;
    struct answer a = fake_run(&f, "insert usb-common usbcore");
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_in_range(f.slept_ms, 10000, 10200);
    assert_has(&a, "usbcore failed 16 ");
    assert_has(&a, "usb-common removed 0 ");
    answer_done(&a);
    fake_done(&f);
}

static void a_module_that_another_is_loading_is_waited_for(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    (void)snprintf(fake_load(&f, "usbcore", 0)->state, 16, "Loading");
    f.lazy = 4;
    fake_publish(&f);
    struct answer a = fake_run(&f, "insert usbcore");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "usbcore present 0 unknown\n");
    assert_int_equal(f.slept_ms, 400);
    answer_done(&a);
    fake_done(&f);
}

static void a_module_that_is_going_is_inserted_after_it_went(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    (void)snprintf(fake_load(&f, "usbcore", 0)->state, 16, "Unloading");
    fake_publish(&f);
    struct answer a = fake_run(&f, "insert usbcore");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "usbcore inserted 0 \n");
    answer_done(&a);
    fake_done(&f);
}

static void an_eexist_that_goes_on_is_a_failure_not_a_success(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.fail_insert = "usbcore";
    f.insert_errno = EEXIST;
    struct answer a = fake_run(&f, "insert usbcore");
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_has(&a, "usbcore failed 17 ");
    answer_done(&a);
    fake_done(&f);
}

static void insertion_waits_until_the_module_is_live(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.lazy = 5;
    struct answer a = fake_run(&f, "insert usbcore");
    assert_int_equal(a.code, UD_OK);
    assert_int_equal(f.slept_ms, 500);
    answer_done(&a);
    fake_done(&f);
}

static void a_module_that_never_becomes_live_is_taken_out(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.lazy = 1000;
    struct answer a = fake_run(&f, "insert usbcore");
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_has(&a, "usbcore failed 110 it did not become live\nusbcore removed 0 \n");
    assert_int_equal(f.count, 0);
    answer_done(&a);
    fake_done(&f);
}

/* Stop at the first question, the second, and so on, until none is left. */
static void interruption_at_any_time_leaves_what_was_there_before(void **state)
{
    bool whole = false;
    int stop_at = 0;
    (void)state;
    while (!whole) {
        struct fake f;
        init_usual(&f);
        fake_load(&f, "usb_common", 0);
        fake_load(&f, "loop", 0);
        f.lazy = 2;
        f.stop_at = ++stop_at;
        struct answer a = fake_run(&f, INSERT_USUAL);
        whole = a.code == UD_OK;
        assert_true(whole || a.code == UD_ERR_INTERRUPTED);
        assert_int_equal(f.count, whole ? 5 : 2);
        assert_non_null(fake_find(&f, "usb_common"));
        assert_non_null(fake_find(&f, "loop"));
        answer_done(&a);
        fake_done(&f);
    }
    assert_in_range(stop_at, 6, 100);
}

static void an_interrupted_call_is_undone_or_repeated(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.fail_insert = "usbcore";
    f.insert_errno = EINTR;
    f.insert_times = 1;
    struct answer a = fake_run(&f, "insert usbcore");
    assert_int_equal(a.code, UD_OK);
    answer_done(&a);
    fake_done(&f);
}

static void without_a_reader_the_started_work_is_undone(void **state)
{
    (void)state;
    for (int at = 1; at <= 3; at++) {
        struct fake f;
        init_usual(&f);
        f.close_reader_at = at;
        struct answer a = fake_run(&f, INSERT_USUAL);
        assert_int_equal(a.exit_code, 1);
        assert_int_equal(f.insertions, at);
        assert_int_equal(f.count, 0);
        answer_done(&a);
        fake_done(&f);
    }
}

static void a_reader_lost_at_the_end_costs_nothing(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.close_reader_at = 4;
    struct answer a = fake_run(&f, INSERT_USUAL);
    assert_int_equal(f.count, 4);
    answer_done(&a);
    fake_done(&f);
}

static void nothing_is_touched_if_a_file_is_missing(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    struct answer a = fake_run(&f, "insert usb-common usbserial");
    assert_int_equal(a.code, UD_ERR_NOT_FOUND);
    assert_non_null(strstr(a.message, "/usbipd/modules/usbserial.ko"));
    assert_string_equal(f.did, "");
    answer_done(&a);
    fake_done(&f);
}

static void links_directories_and_empty_files_are_no_modules(void **state)
{
    struct fake f;
    char link[160];
    (void)state;
    init_usual(&f);
    (void)snprintf(link, sizeof link, "%s/usbipd/modules/link.ko", f.root);
    assert_int_equal(symlink("usbcore.ko", link), 0);
    fake_text(&f, "/usbipd/modules/dir.ko/x", "");
    fake_text(&f, "/usbipd/modules/empty.ko", "");
    (void)snprintf(link, sizeof link, "%s/usbipd/modules/fifo.ko", f.root);
    assert_int_equal(mkfifo(link, 0600), 0);
    static const char *const bad[] = {"insert link", "insert dir", "insert empty", "insert fifo"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct answer a = fake_run(&f, bad[i]);
        assert_int_equal(a.code, UD_ERR_IO);
        answer_done(&a);
    }
    assert_string_equal(f.did, "");
    fake_done(&f);
}

static void bad_arguments_are_refused(void **state)
{
    static const char *const bad[] = {
        "insert",
        "insert --own",
        "insert ../usbcore",
        "insert a/b",
        "insert usbcore.ko",
        "insert usb-common usb_common",
        "insert --enter a",
        "insert usbcore --own",
        "insert usbcore ",
        "",
        "delete usbcore",
        "version 1",
        "hold",
        "hold 0",
        "hold 86401",
        "hold 5 5",
        "hold -1",
        "hold 1s",
    };
    struct fake f;
    (void)state;
    init_usual(&f);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct answer a = fake_run(&f, bad[i]);
        if (i == 8) { /* a trailing blank is no argument */
            assert_int_equal(a.code, UD_OK);
            f.did[0] = '\0';
        } else if (a.code != UD_ERR_USAGE || a.exit_code != 2) {
            fail_msg("\"%s\" gave %d", bad[i], (int)a.code);
        }
        answer_done(&a);
    }
    assert_string_equal(f.did, "");
    fake_done(&f);
}

static void without_entry_or_lock_nothing_is_inserted(void **state)
{
    struct fake f;
    (void)state;
    init_usual(&f);
    f.enter_code = UD_ERR_DENIED;
    struct answer a = fake_run(&f, INSERT_USUAL);
    assert_int_equal(a.code, UD_ERR_DENIED);
    answer_done(&a);
    f.enter_code = UD_OK;
    f.lock_code = UD_ERR_BUSY;
    a = fake_run(&f, INSERT_USUAL);
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_int_equal(f.insertions, 0);
    answer_done(&a);
    fake_done(&f);
}

static void version_is_hello_and_end(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    struct answer a = fake_run(&f, "version");
    assert_int_equal(a.code, UD_OK);
    assert_int_equal(a.text.len, 0);
    answer_done(&a);
    fake_done(&f);
}

static int ignore_sigpipe(void **state)
{
    (void)state;
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_inserted_in_the_given_order_under_the_lock),
        cmocka_unit_test(own_namespaces_are_kept_if_asked),
        cmocka_unit_test(a_live_module_is_left_alone),
        cmocka_unit_test(a_failure_is_told_with_the_log_and_undone_in_reverse),
        cmocka_unit_test(what_cannot_be_undone_is_told_and_the_rest_undone),
        cmocka_unit_test(missing_privilege_is_denied),
        cmocka_unit_test(a_kernel_without_unloading_is_noticed),
        cmocka_unit_test(a_busy_name_is_tried_again),
        cmocka_unit_test(a_name_that_stays_busy_fails_after_ten_seconds),
        cmocka_unit_test(a_module_that_another_is_loading_is_waited_for),
        cmocka_unit_test(a_module_that_is_going_is_inserted_after_it_went),
        cmocka_unit_test(an_eexist_that_goes_on_is_a_failure_not_a_success),
        cmocka_unit_test(insertion_waits_until_the_module_is_live),
        cmocka_unit_test(a_module_that_never_becomes_live_is_taken_out),
        cmocka_unit_test(interruption_at_any_time_leaves_what_was_there_before),
        cmocka_unit_test(an_interrupted_call_is_undone_or_repeated),
        cmocka_unit_test(without_a_reader_the_started_work_is_undone),
        cmocka_unit_test(a_reader_lost_at_the_end_costs_nothing),
        cmocka_unit_test(nothing_is_touched_if_a_file_is_missing),
        cmocka_unit_test(links_directories_and_empty_files_are_no_modules),
        cmocka_unit_test(bad_arguments_are_refused),
        cmocka_unit_test(without_entry_or_lock_nothing_is_inserted),
        cmocka_unit_test(version_is_hello_and_end),
    };
    return cmocka_run_group_tests(tests, ignore_sigpipe, NULL);
}
