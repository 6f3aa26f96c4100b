#include "ops/ops.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

#include "proto/ops.h"
#include "util/patience.h"
#include "util/str.h"

static void hold_reap(void)
{
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
}

static time_t hold_now(void)
{
    struct timespec time = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

/* Signals are taken one by one instead of handled, so none is lost between a
 * check and the wait for the next. */
static void ops_hold(time_t seconds, const sigset_t *signals)
{
    time_t end = hold_now() + seconds;
    for (time_t left = seconds; left > 0; left = end - hold_now()) {
        struct timespec timeout = {.tv_sec = left};
        int number = sigtimedwait(signals, NULL, &timeout);
        if (number > 0 && number != SIGCHLD) {
            return;
        }
        hold_reap();
    }
}

enum ud_code ud_op_hold(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    uint64_t seconds = 0;
    sigset_t signals;
    if (count != 1 || !ud_str_to_u64(args[0], &seconds) || seconds < 1 ||
        seconds > UD_PATIENCE_HOLD_S) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "hold takes a number of seconds from 1 to %d",
                       UD_PATIENCE_HOLD_S);
    }
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGCHLD);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    if (!helper->kernel->stopped(helper->kernel->ctx)) {
        ops_hold((time_t)seconds, &signals);
    }
    return UD_OK;
}
