#include "host/serving.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool serving_receive(int fd, void *dst, size_t len)
{
    unsigned char *p = dst;
    while (len > 0) {
        ssize_t n = recv(fd, p, len, 0);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return false;
        }
        if (n > 0) {
            p += n;
            len -= (size_t)n;
        }
    }
    return true;
}

static bool serving_skip(int fd, size_t len)
{
    unsigned char piece[4096];
    while (len > 0) {
        size_t n = len < sizeof piece ? len : sizeof piece;
        if (!serving_receive(fd, piece, n)) {
            return false;
        }
        len -= n;
    }
    return true;
}

static bool serving_transmit(int fd, const struct ud_buf *buf)
{
    size_t done = 0;
    while (done < buf->len) {
        ssize_t n = send(fd, buf->data + done, buf->len - done, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* One command and its answer; false when the connection is over. */
static bool serve_one(struct ud_serving *serving, struct ud_buf *answer)
{
    unsigned char bytes[UD_USBIP_HEADER_SIZE];
    struct ud_usbip_header header;
    if (!serving_receive(serving->fd, bytes, sizeof bytes) ||
        ud_usbip_decode(bytes, &header, &serving->failed) != UD_OK ||
        !serving_skip(serving->fd, ud_usbip_command_payload(&header))) {
        return false;
    }
    ud_buf_clear(answer);
    if (ud_testdev_answer(&serving->device, &header, answer, &serving->failed) != UD_OK ||
        !serving_transmit(serving->fd, answer)) {
        return false;
    }
    atomic_store(&serving->urbs, serving->device.urbs);
    return true;
}

static void *serving_serve(void *ctx)
{
    struct ud_serving *serving = ctx;
    struct ud_buf answer;
    ud_buf_init(&answer, UD_TESTDEV_ANSWER_MAX);
    while (serve_one(serving, &answer)) {
    }
    ud_buf_done(&answer);
    (void)shutdown(serving->fd, SHUT_RDWR); /* the kernel frees the port then */
    return NULL;
}

/* Signals are for the thread that watches for them. */
static int start_thread(struct ud_serving *serving)
{
    sigset_t all;
    sigset_t old;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    int why = pthread_create(&serving->thread, NULL, serving_serve, serving);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    return why;
}

enum ud_code ud_serving_start(struct ud_serving *serving, int fd, const char *serial,
                              struct ud_error *err)
{
    serving->fd = fd;
    serving->failed = (struct ud_error){0};
    atomic_init(&serving->urbs, 0);
    ud_testdev_init(&serving->device, serial);
    int why = start_thread(serving);
    if (why != 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot start a thread: %s", strerror(why));
    }
    return UD_OK;
}

void ud_serving_stop(struct ud_serving *serving)
{
    (void)shutdown(serving->fd, SHUT_RDWR);
    (void)pthread_join(serving->thread, NULL);
    (void)close(serving->fd);
}
