#include "child/child.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util/patience.h"

enum { SIGNALLED = 128, LANES = 3 };

struct wait {
    struct ud_relay *relay;
    time_t deadline;
    bool hung_up; /* the child was told to end, and is killed next */
    int status;
};

static time_t child_wait_now(void)
{
    struct timespec time = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

/* The child leads a session; until it does, it is alone. */
static void tell_child(const struct ud_relay *relay, int number)
{
    if (kill(-relay->child, number) != 0) {
        (void)kill(relay->child, number);
    }
}

static void hang_up(struct wait *wait)
{
    tell_child(wait->relay, wait->hung_up ? SIGKILL : SIGHUP);
    wait->hung_up = true;
    wait->deadline = child_wait_now() + UD_PATIENCE_LAST_WORDS_S;
}

static bool child_wait_again(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void lane_read(struct ud_lane *lane, int fd)
{
    ssize_t n = read(fd, lane->data, sizeof lane->data);
    if (n > 0) {
        lane->at = 0;
        lane->len = (size_t)n;
    } else if (n == 0 || !child_wait_again()) {
        lane->ended = true;
    }
}

static void lane_write(struct ud_lane *lane, int fd)
{
    ssize_t n = write(fd, lane->data + lane->at, lane->len - lane->at);
    if (n >= 0) {
        lane->at += (size_t)n;
    } else if (!child_wait_again()) {
        lane->at = lane->len;
        lane->ended = true;
    }
}

static bool lane_full(const struct ud_lane *lane)
{
    return lane->at < lane->len;
}

/* A descriptor that nothing is wanted of is left out: poll would report a
 * hang-up all the time. */
static void child_wait_want(struct pollfd *poller, int fd, bool in, bool out)
{
    poller->events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0));
    poller->fd = poller->events != 0 ? fd : -1;
    poller->revents = 0;
}

static void pass_bytes(struct wait *wait, const sigset_t *unblocked, time_t seconds)
{
    struct ud_relay *r = wait->relay;
    struct ud_lane *to = &r->to_child;
    struct ud_lane *from = &r->from_child;
    struct pollfd pollers[LANES];
    struct timespec timeout = {.tv_sec = seconds > 0 ? seconds : 0};
    bool relaying = r->master >= 0;
    child_wait_want(&pollers[0], r->in, relaying && !lane_full(to) && !to->ended, false);
    child_wait_want(&pollers[1], r->out, false, relaying && lane_full(from));
    child_wait_want(&pollers[2], r->master, relaying && !lane_full(from) && !from->ended,
                    relaying && lane_full(to));
    if (ppoll(pollers, LANES, &timeout, unblocked) <= 0) {
        return;
    }
    if (pollers[0].revents != 0) {
        lane_read(to, r->in);
    }
    if (pollers[1].revents != 0) {
        lane_write(from, r->out);
    }
    if ((pollers[2].events & POLLOUT) != 0 && pollers[2].revents != 0) {
        lane_write(to, r->master);
    }
    if ((pollers[2].events & POLLIN) != 0 && pollers[2].revents != 0) {
        lane_read(from, r->master);
    }
}

static void pass_signals(const struct ud_relay *relay)
{
    static const int passed[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++) {
        if (ud_child_signals_take(passed[i])) {
            tell_child(relay, passed[i]);
        }
    }
    if (ud_child_signals_take(SIGWINCH) && relay->master >= 0) {
        ud_child_copy_size(relay->in, relay->master);
    }
}

static bool child_ended(struct wait *wait)
{
    int status = 0;
    pid_t pid;
    bool ended = false;
    (void)ud_child_signals_take(SIGCHLD);
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == wait->relay->child) {
            wait->status = status;
            ended = true;
        }
    }
    return ended;
}

/* What the program wrote last; its children may hold the terminal open, so
 * nobody waits for its end. */
static void child_wait_drain(struct ud_relay *relay)
{
    struct pollfd poller = {.fd = relay->out, .events = POLLOUT};
    time_t deadline = child_wait_now() + UD_PATIENCE_LAST_WORDS_S;
    while (relay->master >= 0 && child_wait_now() < deadline) {
        if (!lane_full(&relay->from_child)) {
            lane_read(&relay->from_child, relay->master);
        }
        if (!lane_full(&relay->from_child)) {
            return;
        }
        (void)poll(&poller, 1, UD_PATIENCE_LAST_WORDS_POLL_MS);
        lane_write(&relay->from_child, relay->out);
    }
}

int ud_child_wait(struct ud_relay *relay, unsigned seconds, const sigset_t *unblocked)
{
    struct wait wait = {.relay = relay, .deadline = child_wait_now() + (time_t)seconds};
    while (!child_ended(&wait)) {
        bool lost = relay->master >= 0 && relay->to_child.ended;
        if (child_wait_now() >= wait.deadline || (lost && !wait.hung_up)) {
            hang_up(&wait);
        }
        pass_signals(relay);
        pass_bytes(&wait, unblocked, wait.deadline - child_wait_now());
    }
    child_wait_drain(relay);
    return WIFEXITED(wait.status) ? WEXITSTATUS(wait.status) : SIGNALLED + WTERMSIG(wait.status);
}
