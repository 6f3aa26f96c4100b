/* The parts that touch the real system: files, the lock, signals, waiting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "fake.h"
#include "host/stop.h"
#include "sys/lock.h"
#include "sys/sysfile.h"

static void files_over_the_limit_are_refused(void **state)
{
    struct fake f;
    struct ud_buf buf;
    char line[6];
    (void)state;
    fake_init(&f);
    fake_text(&f, "/a", "12345678\nx");
    ud_buf_init(&buf, 10);
    assert_int_equal(ud_sysfile_read(f.root, "/a", &buf), 0);
    assert_int_equal(buf.len, 10);
    ud_buf_done(&buf);
    ud_buf_init(&buf, 9);
    assert_int_equal(ud_sysfile_read(f.root, "/a", &buf), EFBIG);
    ud_buf_done(&buf);
    assert_true(ud_sysfile_line(f.root, "/a", line, sizeof line));
    assert_string_equal(line, "12345");
    assert_false(ud_sysfile_line(f.root, "/none", line, sizeof line));
    assert_string_equal(line, "12345");
    fake_done(&f);
}

/* sysfs takes a text in one piece, and a file that is not there is not made. */
static void files_are_written_if_they_are_there(void **state)
{
    struct fake f;
    char line[16];
    (void)state;
    fake_init(&f);
    assert_int_equal(ud_sysfile_write(f.root, "/a", "1 2"), ENOENT);
    assert_false(ud_sysfile_exists(f.root, "/a"));
    fake_text(&f, "/a", "");
    assert_int_equal(ud_sysfile_write(f.root, "/a", "1 2"), 0);
    assert_true(ud_sysfile_line(f.root, "/a", line, sizeof line));
    assert_string_equal(line, "1 2");
    fake_done(&f);
}

static void names_that_are_too_long_are_not_cut_into_others(void **state)
{
    char path[UD_SYSFILE_PATH_MAX + 10];
    (void)state;
    memset(path, '/', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(ud_sysfile_open("", path, 0), -1);
    assert_int_equal(errno, ENAMETOOLONG);
    assert_false(ud_sysfile_exists("", path));
    assert_false(ud_sysfile_is_dir("", path));
}

static void directories_are_listed_sorted_up_to_the_limit(void **state)
{
    struct fake f;
    struct ud_strv names = {0};
    (void)state;
    fake_init(&f);
    fake_text(&f, "/d/b", "");
    fake_text(&f, "/d/a", "");
    fake_text(&f, "/d/c", "");
    ud_sysfile_list(f.root, "/d", 10, &names);
    assert_int_equal(names.len, 3);
    assert_string_equal(names.items[0], "a");
    ud_strv_done(&names);
    ud_sysfile_list(f.root, "/d", 2, &names);
    assert_int_equal(names.len, 2);
    ud_strv_done(&names);
    ud_sysfile_list(f.root, "/none", 2, &names);
    assert_int_equal(names.len, 0);
    fake_done(&f);
}

static struct ud_kernel waiting_kernel(struct fake *f)
{
    return (struct ud_kernel){.ctx = f, .sleep_ms = fake_sleep, .stopped = fake_stopped};
}

static void the_lock_is_held_once_and_waited_for(void **state)
{
    struct fake f;
    struct ud_error err = {0};
    char name[64];
    (void)state;
    fake_init(&f);
    struct ud_kernel kernel = waiting_kernel(&f);
    (void)snprintf(name, sizeof name, "usbipd-desktop-test-%ld", (long)getpid());
    assert_int_equal(ud_lock_take(&kernel, name, 1000, &err), UD_OK);
    assert_int_equal(f.slept_ms, 0);
    assert_int_equal(ud_lock_take(&kernel, name, 1000, &err), UD_ERR_BUSY);
    assert_int_equal(f.slept_ms, 1000);
    f.stop_at = f.stop_asked + 3;
    assert_int_equal(ud_lock_take(&kernel, name, 1000, &err), UD_ERR_INTERRUPTED);
    assert_int_equal(f.slept_ms, 1200);
    fake_done(&f);
}

static void the_lock_is_free_again_when_its_holder_is_killed(void **state)
{
    struct fake f;
    char name[64];
    int fds[2];
    char byte;
    (void)state;
    fake_init(&f);
    struct ud_kernel kernel = waiting_kernel(&f);
    (void)snprintf(name, sizeof name, "usbipd-desktop-kill-%ld", (long)getpid());
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        enum ud_code rc = ud_lock_take(&kernel, name, 0, NULL);
        (void)!write(fds[1], rc == UD_OK ? "y" : "n", 1);
        for (;;) {
            (void)pause();
        }
    }
    assert_int_equal(read(fds[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_int_equal(ud_lock_take(&kernel, name, 0, NULL), UD_ERR_BUSY);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(ud_lock_take(&kernel, name, 0, NULL), UD_OK);
    (void)close(fds[0]);
    (void)close(fds[1]);
    fake_done(&f);
}

/* In a child, since handlers and blocked signals stay. */
static int in_child(int (*run)(int ready))
{
    int fds[2];
    char byte;
    int status = 0;
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        _exit(run(fds[1]));
    }
    assert_int_equal(read(fds[0], &byte, 1), 1);
    (void)kill(child, SIGTERM);
    assert_int_equal(waitpid(child, &status, 0), child);
    (void)close(fds[0]);
    (void)close(fds[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static int wait_for_stop(int ready)
{
    ud_stop_install();
    if (ud_stop_requested()) {
        return 1;
    }
    (void)!write(ready, "x", 1);
    for (int i = 0; i < 100 && !ud_stop_requested(); i++) {
        ud_kernel_real()->sleep_ms(NULL, 100);
    }
    return ud_kernel_real()->stopped(NULL) ? 0 : 2;
}

static void a_termination_signal_is_noted(void **state)
{
    (void)state;
    assert_int_equal(in_child(wait_for_stop), 0);
}

/* The signal comes before the wait, within it, or at any point between. */
static int hold_long(int ready)
{
    struct fake f;
    fake_init(&f);
    ud_stop_install();
    (void)!write(ready, "x", 1);
    struct ud_emit emit;
    struct ud_helper helper = {.root = f.root, .kernel = ud_kernel_real(), .emit = &emit};
    char *argv[] = {(char[]){"helper"}, (char[]){"hold"}, (char[]){"50"}, NULL};
    FILE *file = tmpfile();
    ud_emit_init(&emit, fileno(file));
    int code = ud_helper_run(&helper, "test", 3, argv);
    ud_emit_done(&emit);
    (void)fclose(file);
    fake_done(&f);
    return code;
}

static void hold_ends_at_a_signal(void **state)
{
    time_t start = time(NULL);
    (void)state;
    assert_int_equal(in_child(hold_long), 0);
    assert_in_range(time(NULL) - start, 0, 20);
}

static int hold_and_reap(int ready)
{
    struct fake f;
    fake_init(&f);
    if (fork() == 0) {
        _exit(0);
    }
    (void)signal(SIGTERM, SIG_IGN); /* time ends it */
    struct answer a = fake_run(&f, "hold 1");
    fake_done(&f);
    bool reaped = waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
    (void)!write(ready, "x", 1);
    return a.code == UD_OK && reaped ? 0 : 4;
}

static void hold_ends_in_time_and_reaps_children(void **state)
{
    (void)state;
    assert_int_equal(in_child(hold_and_reap), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_over_the_limit_are_refused),
        cmocka_unit_test(files_are_written_if_they_are_there),
        cmocka_unit_test(names_that_are_too_long_are_not_cut_into_others),
        cmocka_unit_test(directories_are_listed_sorted_up_to_the_limit),
        cmocka_unit_test(the_lock_is_held_once_and_waited_for),
        cmocka_unit_test(the_lock_is_free_again_when_its_holder_is_killed),
        cmocka_unit_test(a_termination_signal_is_noted),
        cmocka_unit_test(hold_ends_at_a_signal),
        cmocka_unit_test(hold_ends_in_time_and_reaps_children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
