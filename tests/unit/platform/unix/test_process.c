/* Signals, threads and standard streams. What ends a process runs in a child. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/signals.h"
#include "platform/term.h"
#include "platform/thread.h"

static struct ud_error err;
static atomic_int interrupts;

static void on_interrupt(void *ctx, int count)
{
    atomic_int *seen = ctx;
    atomic_store(seen, count);
    if (count == 2) {
        ud_signals_exit_now(130);
    }
}

static void wait_for(int count)
{
    for (int i = 0; i < 2000 && atomic_load(&interrupts) < count; i++) {
        usleep(1000);
    }
}

static int exit_status(void (*child)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        child();
        _exit(99);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void interrupted_twice(void)
{
    ud_signals_install(on_interrupt, &interrupts);
    raise(SIGTERM);
    wait_for(1);
    if (atomic_load(&interrupts) != 1) {
        _exit(1);
    }
    raise(SIGINT);
    sleep(5);
}

static void the_second_signal_ends_the_program(void **state)
{
    (void)state;
    assert_int_equal(exit_status(interrupted_twice), 130);
}

static void hung_up_under_nohup(void)
{
    (void)signal(SIGHUP, SIG_IGN);
    ud_signals_install(on_interrupt, &interrupts);
    raise(SIGHUP);
    usleep(20000);
    _exit(atomic_load(&interrupts) == 0 ? 0 : 1);
}

static void ignored_signals_stay_ignored(void **state)
{
    (void)state;
    assert_int_equal(exit_status(hung_up_under_nohup), 0);
}

static void write_to_closed_pipe(void)
{
    int fds[2];
    if (pipe(fds) != 0 || dup2(fds[1], STDOUT_FILENO) < 0) {
        _exit(1);
    }
    close(fds[0]);
    ud_signals_install(on_interrupt, &interrupts);
    enum ud_code rc = ud_term_write(UD_TERM_OUT, "x", 1, &err);
    _exit(rc == UD_ERR_IO ? 0 : 2);
}

static void a_closed_pipe_is_an_error_not_a_death(void **state)
{
    (void)state;
    assert_int_equal(exit_status(write_to_closed_pipe), 0);
}

static void redirected(void)
{
    int fds[2];
    char text[8] = {0};
    if (pipe(fds) != 0 || dup2(fds[1], STDOUT_FILENO) < 0) {
        _exit(1);
    }
    ud_term_init();
    bool plain = !ud_term_is_tty(UD_TERM_OUT) && !ud_term_has_escapes(UD_TERM_OUT) &&
                 ud_term_width(UD_TERM_OUT) == 80;
    bool sound = ud_term_write(UD_TERM_OUT, "a\n", 2, &err) == UD_OK &&
                 read(fds[0], text, sizeof text) == 2 && text[0] == 'a' && text[1] == '\n';
    _exit(plain && sound ? 0 : 2);
}

static void a_pipe_is_no_terminal_and_gets_the_bytes(void **state)
{
    (void)state;
    assert_int_equal(exit_status(redirected), 0);
}

static void closed_streams(void)
{
    char byte;
    for (int fd = 0; fd <= 2; fd++) {
        (void)close(fd);
    }
    ud_term_init();
    bool kept = dup(0) > 2;
    bool useless = read(0, &byte, 1) < 0 && ud_term_write(UD_TERM_OUT, "x", 1, &err) == UD_ERR_IO &&
                   ud_term_write(UD_TERM_ERR, "x", 1, &err) == UD_ERR_IO;
    _exit(kept && useless ? 0 : 2);
}

static void streams_that_were_closed_are_not_taken_for_files(void **state)
{
    (void)state;
    assert_int_equal(exit_status(closed_streams), 0);
}

struct shared {
    struct ud_mutex *mutex;
    struct ud_cond *cond;
    int value;
};

static void set_value(void *arg)
{
    struct shared *shared = arg;
    ud_mutex_lock(shared->mutex);
    shared->value = 7;
    ud_cond_wake_all(shared->cond);
    ud_mutex_unlock(shared->mutex);
}

static void a_thread_wakes_the_one_that_waits(void **state)
{
    (void)state;
    struct shared shared = {.mutex = ud_mutex_new(), .cond = ud_cond_new()};
    struct ud_thread *thread = NULL;
    ud_mutex_lock(shared.mutex);
    assert_int_equal(ud_thread_start(set_value, &shared, &thread, &err), UD_OK);
    while (shared.value == 0) {
        ud_cond_wait(shared.cond, shared.mutex);
    }
    ud_mutex_unlock(shared.mutex);
    ud_thread_join(thread);
    assert_int_equal(shared.value, 7);
    ud_cond_free(shared.cond);
    ud_mutex_free(shared.mutex);
    ud_thread_join(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_signal_ends_the_program),
        cmocka_unit_test(ignored_signals_stay_ignored),
        cmocka_unit_test(a_closed_pipe_is_an_error_not_a_death),
        cmocka_unit_test(a_pipe_is_no_terminal_and_gets_the_bytes),
        cmocka_unit_test(streams_that_were_closed_are_not_taken_for_files),
        cmocka_unit_test(a_thread_wakes_the_one_that_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
