#include "server/dial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/waiting.h"
#include "util/patience.h"

int ud_dial_await(const struct ud_kernel *kernel, int fd, short events, uint64_t until_ms)
{
    for (;;) {
        struct pollfd one = {.fd = fd, .events = events};
        uint64_t now = ud_wait_now_ms();
        uint64_t left = until_ms > now ? until_ms - now : 0;
        int slice = left < UD_PATIENCE_SERVER_POLL_MS ? (int)left : UD_PATIENCE_SERVER_POLL_MS;
        if (kernel->stopped(kernel->ctx)) {
            return EINTR;
        }
        if (poll(&one, 1, slice) > 0) {
            return 0;
        }
        if (left == 0) {
            return ETIMEDOUT;
        }
    }
}

void ud_dial_show_time(unsigned ms, char ret[24])
{
    bool whole = ms % 1000 == 0;
    (void)snprintf(ret, 24, "%u %s", whole ? ms / 1000 : ms, whole ? "s" : "ms");
}

static bool dial_name(const struct sockaddr *address, socklen_t len, char ret[UD_ADDRESS_MAX + 1])
{
    return getnameinfo(address, len, ret, UD_ADDRESS_MAX + 1, NULL, 0, NI_NUMERICHOST) == 0;
}

/* The address that packets to there come from: connecting a datagram socket sends nothing. */
static void dial_find_source(const struct addrinfo *to, char ret[UD_ADDRESS_MAX + 1])
{
    struct sockaddr_storage own;
    socklen_t len = sizeof own;
    int fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, to->ai_addr, to->ai_addrlen) != 0 ||
        getsockname(fd, (struct sockaddr *)&own, &len) != 0 ||
        !dial_name((struct sockaddr *)&own, len, ret)) {
        (void)snprintf(ret, UD_ADDRESS_MAX + 1, "an unknown address");
    }
    if (fd >= 0) {
        (void)close(fd);
    }
}

static enum ud_code dial_failed(int why, unsigned wait_ms, struct ud_error *err)
{
    char time[24];
    ud_dial_show_time(wait_ms, time);
    switch (why) {
    case EINTR:
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted");
    case ECONNREFUSED:
        return ud_fail(err, UD_ERR_UNREACHABLE, "Start the USB/IP server there, or name its port.",
                       "connection refused: no USB/IP server listens there");
    case ETIMEDOUT:
        return ud_fail(err, UD_ERR_UNREACHABLE,
                       "Allow the port in the firewall of the server's machine, and look whether "
                       "the address is the right one.",
                       "no answer within %s: a firewall drops it, or no machine has that "
                       "address",
                       time);
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        return ud_fail(err, UD_ERR_UNREACHABLE,
                       "Give an address that the VM has a way to, and look at the firewall of the "
                       "server's machine.",
                       "no route: %s", strerror(why));
    default:
        return ud_fail(err, UD_ERR_UNREACHABLE, NULL, "cannot connect: %s", strerror(why));
    }
}

/* 0 or an errno number. */
static int dial_connect(const struct ud_kernel *kernel, int fd, const struct addrinfo *to,
                        unsigned wait_ms)
{
    uint64_t until = ud_wait_now_ms() + wait_ms;
    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0) {
        return 0;
    }
    if (errno != EINPROGRESS) {
        return errno;
    }
    int why = ud_dial_await(kernel, fd, POLLOUT, until);
    socklen_t len = sizeof why;
    if (why == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len) != 0) {
        why = errno;
    }
    return why;
}

static enum ud_code dial_address(const struct ud_kernel *kernel, const struct addrinfo *to,
                                 unsigned wait_ms, int *ret_fd, struct ud_error *err)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return dial_failed(errno, wait_ms, err);
    }
    int why = dial_connect(kernel, fd, to, wait_ms);
    if (why != 0) {
        (void)close(fd);
        return dial_failed(why, wait_ms, err);
    }
    *ret_fd = fd;
    return UD_OK;
}

enum ud_code ud_dial(const struct ud_kernel *kernel, const char *address, uint32_t port,
                     unsigned wait_ms, char from[UD_ADDRESS_MAX + 1], int *ret_fd,
                     struct ud_error *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *to = NULL;
    char service[16];
    (void)snprintf(service, sizeof service, "%lu", (unsigned long)port);
    (void)snprintf(from, UD_ADDRESS_MAX + 1, "an unknown address");
    if (!ud_check_address(address) || getaddrinfo(address, service, &hints, &to) != 0) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "this is not a numeric address");
    }
    dial_find_source(to, from);
    enum ud_code rc = dial_address(kernel, to, wait_ms, ret_fd, err);
    freeaddrinfo(to);
    return rc;
}
