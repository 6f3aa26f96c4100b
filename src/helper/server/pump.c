#include "server/pump.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "usbip/guard.h"
#include "util/mem.h"

enum { PIECE = 256 * 1024 };

/* Bytes that were read: those up to at are done with. */
struct pump_piece {
    unsigned char data[PIECE];
    size_t at;
    size_t len;
};

struct pump_state {
    struct ud_pump *pump;
    struct ud_guard *guard;
    struct pump_piece commands; /* from the kernel; the guard has seen them */
    struct pump_piece answers;  /* from the server; the guard has seen those up to at */
    struct ud_guard_pass pass;  /* of these, for the kernel */
};

/* Whether reading or writing goes on: an error number of it is not one that passes. */
static bool pump_lasts(ssize_t n)
{
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static enum ud_code pump_lost(const char *what, int why, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_UNREACHABLE, "Look at the server's log and at the network.",
                   "%s%s%s", what, why != 0 ? ": " : "", why != 0 ? strerror(why) : "");
}

static enum ud_code pump_released(struct ud_pump *pump, struct ud_error *err)
{
    pump->released = true;
    return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "the kernel let go of the device");
}

static enum ud_code pump_read_commands(struct pump_state *state, struct ud_error *err)
{
    struct pump_piece *piece = &state->commands;
    ssize_t n = read(state->pump->kernel, piece->data, sizeof piece->data);
    if (!pump_lasts(n)) {
        return pump_released(state->pump, err);
    }
    piece->at = 0;
    piece->len = n > 0 ? (size_t)n : 0;
    return piece->len > 0 ? ud_guard_command(state->guard, piece->data, piece->len, err) : UD_OK;
}

static enum ud_code pump_write_commands(struct pump_state *state, struct ud_error *err)
{
    struct pump_piece *piece = &state->commands;
    ssize_t n = write(state->pump->to_server, piece->data + piece->at, piece->len - piece->at);
    if (!pump_lasts(n)) {
        return pump_lost("the connection to the server is lost", n < 0 ? errno : 0, err);
    }
    piece->at += n > 0 ? (size_t)n : 0;
    return UD_OK;
}

static enum ud_code pump_read_answers(struct pump_state *state, struct ud_error *err)
{
    struct pump_piece *piece = &state->answers;
    ssize_t n = read(state->pump->from_server, piece->data, sizeof piece->data);
    if (!pump_lasts(n)) {
        int why = n < 0 ? errno : 0;
        bool within = ud_guard_end(state->guard, NULL) != UD_OK;
        return pump_lost(within ? "the server ended the connection within an answer"
                                : "the server ended the connection",
                         why, err);
    }
    piece->at = 0;
    piece->len = n > 0 ? (size_t)n : 0;
    return UD_OK;
}

/* Until there is something for the kernel, or nothing left. */
static enum ud_code pump_judge_answers(struct pump_state *state, struct ud_error *err)
{
    struct pump_piece *piece = &state->answers;
    while (state->pass.len == 0 && piece->at < piece->len) {
        UD_TRY(ud_guard_answer(state->guard, piece->data + piece->at, piece->len - piece->at,
                               &state->pass, err));
        piece->at += state->pass.used;
    }
    return UD_OK;
}

static enum ud_code pump_write_answers(struct pump_state *state, struct ud_error *err)
{
    ssize_t n = send(state->pump->kernel, state->pass.bytes, state->pass.len, MSG_NOSIGNAL);
    if (!pump_lasts(n)) {
        return pump_released(state->pump, err);
    }
    state->pass.bytes += n > 0 ? n : 0;
    state->pass.len -= n > 0 ? (size_t)n : 0;
    return UD_OK;
}

/* One turn. What is gone shows as readable: the end is read. */
static enum ud_code pump_turn(struct pump_state *state, struct ud_error *err)
{
    struct ud_pump *pump = state->pump;
    bool sending = state->commands.at < state->commands.len;
    bool passing = state->pass.len > 0;
    struct pollfd fds[] = {
        {.fd = pump->kernel, .events = sending ? 0 : POLLIN},
        {.fd = sending ? pump->to_server : -1, .events = POLLOUT},
        {.fd = passing ? -1 : pump->from_server, .events = POLLIN},
        {.fd = passing ? pump->kernel : -1, .events = POLLOUT},
        {.fd = pump->bell[0], .events = POLLIN},
    };
    if (poll(fds, sizeof fds / sizeof fds[0], -1) < 0) {
        return UD_OK;
    }
    if (fds[4].revents != 0) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted");
    }
    if (fds[0].revents != 0) {
        UD_TRY(sending ? pump_released(pump, err) : pump_read_commands(state, err));
    }
    if (fds[1].revents != 0) {
        UD_TRY(pump_write_commands(state, err));
    }
    if (fds[2].revents != 0) {
        UD_TRY(pump_read_answers(state, err));
    }
    if (fds[3].revents != 0) {
        UD_TRY(pump_write_answers(state, err));
    }
    return pump_judge_answers(state, err);
}

static void *pump_run(void *ctx)
{
    struct pump_state *state = ctx;
    struct ud_pump *pump = state->pump;
    struct ud_error why = {0};
    while (pump_turn(state, &why) == UD_OK) {
    }
    if (why.code != UD_ERR_INTERRUPTED) {
        pump->failed = why;
    }
    (void)shutdown(pump->kernel, SHUT_RDWR); /* the kernel frees the port then */
    ud_guard_free(state->guard);
    free(state);
    atomic_store(&pump->ended, true);
    return NULL;
}

static int pump_start_thread(struct ud_pump *pump)
{
    sigset_t all;
    sigset_t old;
    struct pump_state *state = ud_alloc(1, sizeof *state);
    state->pump = pump;
    state->guard = ud_guard_new();
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old); /* signals are for the thread that watches */
    int why = pthread_create(&pump->thread, NULL, pump_run, state);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (why != 0) {
        ud_guard_free(state->guard);
        free(state);
    }
    return why;
}

static int pump_unblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    return flags;
}

static void pump_release(struct ud_pump *pump)
{
    (void)fcntl(pump->to_server, F_SETFL, pump->flags[1]);
    (void)fcntl(pump->from_server, F_SETFL, pump->flags[0]);
    (void)close(pump->bell[0]);
    (void)close(pump->kernel);
}

enum ud_code ud_pump_start(struct ud_pump *pump, int from_server, int to_server, int *ret_fd,
                           struct ud_error *err)
{
    int ends[2];
    *pump = (struct ud_pump){.from_server = from_server, .to_server = to_server};
    atomic_init(&pump->ended, false);
    if (pipe2(pump->bell, O_CLOEXEC) != 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot make a pipe: %s", strerror(errno));
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        int why = errno;
        (void)close(pump->bell[0]);
        (void)close(pump->bell[1]);
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot make a pair of sockets: %s",
                       strerror(why));
    }
    pump->kernel = ends[1];
    pump->flags[0] = pump_unblock(from_server);
    pump->flags[1] = pump_unblock(to_server);
    (void)pump_unblock(pump->kernel);
    int why = pump_start_thread(pump);
    if (why != 0) {
        (void)close(ends[0]);
        (void)close(pump->bell[1]);
        pump_release(pump);
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot start a thread: %s", strerror(why));
    }
    *ret_fd = ends[0];
    return UD_OK;
}

bool ud_pump_ended(const struct ud_pump *pump)
{
    return atomic_load(&pump->ended);
}

void ud_pump_stop(struct ud_pump *pump)
{
    (void)close(pump->bell[1]);
    (void)pthread_join(pump->thread, NULL);
    pump_release(pump);
}
