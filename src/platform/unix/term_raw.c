#include "platform/term_raw.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "unix_fail.h"

static struct termios before;
static atomic_bool entered;

bool ud_term_in_is_tty(void)
{
    return isatty(STDIN_FILENO) == 1;
}

bool ud_term_size(struct ud_term_size *ret)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) {
        return false;
    }
    *ret = (struct ud_term_size){size.ws_row, size.ws_col};
    return true;
}

/* A program that is in the background by now would be stopped for this, so
 * SIGTTOU is held back. Only what signal handlers may call. */
void ud_term_raw_leave(void)
{
    sigset_t held;
    sigset_t old;
    if (!atomic_exchange(&entered, false)) {
        return;
    }
    int saved = errno;
    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGTTOU);
    (void)pthread_sigmask(SIG_BLOCK, &held, &old);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = saved;
}

/* SA_RESETHAND has put the usual effect back, which is the end. */
static void on_fatal(int number)
{
    ud_term_raw_leave();
    (void)raise(number);
}

static void term_raw_guard(void)
{
    static const int fatal[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV};
    struct sigaction action = {.sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND};
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) {
        struct sigaction now;
        if (sigaction(fatal[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL) {
            (void)sigaction(fatal[i], &action, NULL);
        }
    }
    (void)atexit(ud_term_raw_leave);
}

enum ud_code ud_term_raw_enter(struct ud_error *err)
{
    static bool guarded;
    struct termios raw;
    if (tcgetattr(STDIN_FILENO, &before) != 0) {
        return ud_unix_fail(err, errno, "cannot read the terminal's mode");
    }
    raw = before;
    cfmakeraw(&raw);
    if (!guarded) {
        guarded = true;
        term_raw_guard();
    }
    atomic_store(&entered, true);
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0) {
        int why = errno;
        ud_term_raw_leave();
        return ud_unix_fail(err, why, "cannot change the terminal's mode");
    }
    return UD_OK;
}
