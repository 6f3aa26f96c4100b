#include "platform/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

#include "input_queue.h"
#include "platform/term_raw.h"
#include "unix_fail.h"
#include "util/mem.h"

enum { PIECE = 16 * 1024 };

struct ud_input {
    struct ud_input_queue queue;
    struct ud_thread *thread;
    int control[2]; /* bytes for the thread: RESIZED, or QUIT */
    struct sigaction old;
    bool watching;
};

static const char RESIZED = 'r';
static const char QUIT = 'q';
static volatile sig_atomic_t resize_fd = -1;

static void on_resize(int number)
{
    int saved = errno;
    (void)number;
    if (resize_fd >= 0) {
        (void)!write((int)resize_fd, &RESIZED, 1);
    }
    errno = saved;
}

/* false: it is time to end. */
static bool take_control(struct ud_input *input)
{
    char byte;
    if (read(input->control[0], &byte, 1) != 1) {
        return true;
    }
    if (byte == RESIZED) {
        ud_input_queue_resize(&input->queue);
    }
    return byte != QUIT;
}

/* Without a limit of time. macOS's poll(2) does not support devices (its manual page, BUGS): for
 * /dev/tty it answers at once. Its select(2) does, for descriptors below FD_SETSIZE. */
static int input_wait(struct pollfd *pollers, nfds_t count)
{
#ifdef __APPLE__
    fd_set ready;
    int end = 0;
    FD_ZERO(&ready);
    for (nfds_t i = 0; i < count; i++) {
        if (pollers[i].fd >= FD_SETSIZE) {
            return poll(pollers, count, -1);
        }
        if (pollers[i].fd >= 0) {
            FD_SET(pollers[i].fd, &ready);
            end = pollers[i].fd >= end ? pollers[i].fd + 1 : end;
        }
    }
    const int found = select(end, &ready, NULL, NULL, NULL);
    for (nfds_t i = 0; i < count && found >= 0; i++) {
        const bool is = pollers[i].fd >= 0 && FD_ISSET(pollers[i].fd, &ready);
        pollers[i].revents = is ? POLLIN : 0;
    }
    return found;
#else
    return poll(pollers, count, -1);
#endif
}

/* Waits before each read: one that is under way could not be ended, and would
 * take from the user's next program what is typed for that. */
static void read_ahead(void *arg)
{
    struct ud_input *input = arg;
    struct pollfd pollers[] = {{.fd = input->control[0], .events = POLLIN},
                               {.fd = STDIN_FILENO, .events = POLLIN}};
    char piece[PIECE];
    bool open = true;
    while (open) {
        if (input_wait(pollers, 2) < 0) {
            if (errno == EINTR) {
                continue; /* what it says of the events is of an earlier call */
            }
            break;
        }
        open = pollers[0].revents == 0 || take_control(input);
        if (!open || pollers[1].revents == 0) {
            continue;
        }
        ssize_t n = read(STDIN_FILENO, piece, sizeof piece);
        if (n > 0) {
            open = ud_input_queue_put(&input->queue, piece, (size_t)n);
        } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
            ud_input_queue_end(&input->queue);
            pollers[1].fd = -1;
            pollers[1].revents = 0;
        }
    }
}

static bool open_control(struct ud_input *input)
{
    if (pipe(input->control) != 0) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        (void)fcntl(input->control[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(input->control[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

static void watch_size(struct ud_input *input)
{
    struct sigaction action = {.sa_handler = on_resize, .sa_flags = SA_RESTART};
    (void)sigemptyset(&action.sa_mask);
    resize_fd = input->control[1];
    input->watching = sigaction(SIGWINCH, &action, &input->old) == 0;
}

static void input_dispose(struct ud_input *input)
{
    if (input->watching) {
        (void)sigaction(SIGWINCH, &input->old, NULL);
        resize_fd = -1;
    }
    (void)close(input->control[0]);
    (void)close(input->control[1]);
    ud_input_queue_done(&input->queue);
    free(input);
}

enum ud_code ud_input_open(void (*wake)(void *arg), void *arg, struct ud_input **ret,
                           struct ud_error *err)
{
    struct ud_input *input = ud_alloc(1, sizeof *input);
    ud_input_queue_init(&input->queue, wake, arg);
    if (!open_control(input)) {
        int why = errno;
        ud_input_queue_done(&input->queue);
        free(input);
        return ud_unix_fail(err, why, "cannot watch standard input");
    }
    if (ud_term_in_is_tty()) {
        watch_size(input);
    }
    enum ud_code rc = ud_thread_start(read_ahead, input, &input->thread, err);
    if (rc != UD_OK) {
        input_dispose(input);
        return rc;
    }
    *ret = input;
    return UD_OK;
}

size_t ud_input_take(struct ud_input *input, void *dst, size_t room, bool *ret_end)
{
    return ud_input_queue_take(&input->queue, dst, room, ret_end);
}

bool ud_input_resized(struct ud_input *input)
{
    return ud_input_queue_resized(&input->queue);
}

void ud_input_close(struct ud_input *input)
{
    if (input == NULL) {
        return;
    }
    ud_input_queue_close(&input->queue);
    struct pollfd room = {.fd = input->control[1], .events = POLLOUT};
    while (write(input->control[1], &QUIT, 1) != 1) {
        (void)poll(&room, 1, -1);
    }
    ud_thread_join(input->thread);
    input_dispose(input);
}
