#include "child/child.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "util/mem.h"

static volatile sig_atomic_t pending[NSIG];

static void child_signals_on_signal(int number)
{
    pending[number] = 1;
}

void ud_child_signals_begin(sigset_t *ret_old)
{
    static const int noted[] = {SIGCHLD, SIGTERM, SIGINT,  SIGHUP,
                                SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH};
    struct sigaction action = {.sa_handler = child_signals_on_signal};
    sigset_t blocked;
    (void)sigemptyset(&action.sa_mask);
    (void)sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof noted / sizeof noted[0]; i++) {
        pending[noted[i]] = 0;
        (void)sigaddset(&blocked, noted[i]);
    }
    (void)sigprocmask(SIG_BLOCK, &blocked, ret_old);
    for (size_t i = 0; i < sizeof noted / sizeof noted[0]; i++) {
        (void)sigaction(noted[i], &action, NULL);
    }
}

bool ud_child_signals_take(int number)
{
    bool came = pending[number] != 0;
    pending[number] = 0;
    return came;
}

struct ud_relay *ud_relay_new(void)
{
    struct ud_relay *relay = ud_alloc(1, sizeof *relay);
    relay->in = STDIN_FILENO;
    relay->out = STDOUT_FILENO;
    relay->master = -1;
    return relay;
}

enum ud_code ud_child_fork(const struct ud_kernel *kernel, struct ud_relay *relay,
                           sigset_t *ret_old, struct ud_error *err)
{
    ud_child_signals_begin(ret_old);
    if (kernel->stopped(kernel->ctx)) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted before the program was started");
    }
    relay->child = fork();
    if (relay->child < 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot start a process: %s", strerror(errno));
    }
    return UD_OK;
}

/* A session of its own: signals reach the program and what it started, and the
 * terminal is theirs. */
void ud_child_take_terminal(int terminal)
{
    (void)setsid();
    if (terminal < 0) {
        return;
    }
    (void)ioctl(terminal, TIOCSCTTY, 1); /* 1: also if another session has it */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        (void)dup2(terminal, fd);
    }
}

void ud_child_reset_signals(const sigset_t *signals)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    (void)sigemptyset(&usual.sa_mask);
    for (int number = 1; number < NSIG; number++) {
        (void)sigaction(number, &usual, NULL);
    }
    (void)sigprocmask(SIG_SETMASK, signals, NULL);
}

int ud_child_cannot_run(int why)
{
    return why == ENOENT || why == ENOTDIR ? UD_CHILD_NOT_FOUND : UD_CHILD_CANNOT_RUN;
}

void ud_child_copy_size(int from, int to)
{
    struct winsize size;
    if (ioctl(from, TIOCGWINSZ, &size) == 0 && size.ws_row != 0 && size.ws_col != 0) {
        (void)ioctl(to, TIOCSWINSZ, &size);
    }
}
