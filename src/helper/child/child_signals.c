#include "child/child.h"

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
