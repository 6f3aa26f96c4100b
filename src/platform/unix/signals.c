#include "platform/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/term_raw.h"
#include "platform/thread.h"

/* A handler writes to a pipe that a thread reads. Not sigwait: that needs the
 * signals blocked, and programs that we start would inherit it. */
static int pipe_fds[2] = {-1, -1};
static void (*callback)(void *ctx, int count);
static void *callback_ctx;
static struct ud_thread *watcher; /* runs until the process ends */

static void signals_on_signal(int number)
{
    int saved = errno;
    char byte = (char)number;
    (void)!write(pipe_fds[1], &byte, 1);
    errno = saved;
}

static void signals_watch(void *arg)
{
    (void)arg;
    int count = 0;
    for (;;) {
        char byte;
        ssize_t n = read(pipe_fds[0], &byte, 1);
        if (n == 1) {
            callback(callback_ctx, ++count);
        } else if (n == 0 || errno != EINTR) {
            return;
        }
    }
}

static void signals_handle(int number)
{
    struct sigaction now;
    if (sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN) {
        return; /* nohup, or a shell's background job */
    }
    struct sigaction action = {.sa_handler = signals_on_signal, .sa_flags = SA_RESTART};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(number, &action, NULL);
}

static bool make_pipe(void)
{
    if (pipe(pipe_fds) != 0) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        (void)fcntl(pipe_fds[i], F_SETFD, FD_CLOEXEC);
    }
    (void)fcntl(pipe_fds[1], F_SETFL, O_NONBLOCK);
    return true;
}

void ud_signals_install(void (*on_interrupt)(void *ctx, int count), void *ctx)
{
    callback = on_interrupt;
    callback_ctx = ctx;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&ignore.sa_mask);
    (void)sigaction(SIGPIPE, &ignore, NULL);
    if (!make_pipe() || ud_thread_start(signals_watch, NULL, &watcher, NULL) != UD_OK) {
        return; /* signals keep their usual effect: the program ends */
    }
    signals_handle(SIGINT);
    signals_handle(SIGTERM);
    signals_handle(SIGHUP);
}

_Noreturn void ud_signals_exit_now(int code)
{
    ud_term_raw_leave();
    _exit(code);
}
