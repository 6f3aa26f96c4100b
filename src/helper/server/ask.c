#include "server/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/ops.h"
#include "server/dial.h"
#include "sys/waiting.h"
#include "util/patience.h"

enum { TOLD_MAX = 64 * 1024 };

enum ud_code ud_ask_parse(struct ud_ask *ask, int count, char **args, struct ud_error *err)
{
    if (count < 2 || count > 1 + UD_OPS_ADDRESSES_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "it takes a port and 1 to %d addresses",
                       UD_OPS_ADDRESSES_MAX);
    }
    if (!ud_check_tcp_port(args[0], &ask->port)) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "not a TCP port: %.64s", args[0]);
    }
    for (int i = 1; i < count; i++) {
        if (!ud_check_address(args[i])) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "not a numeric address: %.64s", args[i]);
        }
    }
    ask->addresses = args + 1;
    ask->count = (size_t)count - 1;
    return UD_OK;
}

void ud_asked_done(struct ud_asked *asked)
{
    if (asked->fd >= 0) {
        (void)close(asked->fd);
    }
    asked->fd = -1;
    ud_buf_done(&asked->bytes);
}

static void set_option(int fd, int level, int option, int value)
{
    (void)setsockopt(fd, level, option, &value, sizeof value);
}

void ud_ask_prepare(int fd)
{
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, UD_PATIENCE_KEEPALIVE_IDLE_S);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, UD_PATIENCE_KEEPALIVE_INTERVAL_S);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, UD_PATIENCE_KEEPALIVE_TIMES);
    set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UD_PATIENCE_UNANSWERED_MS);
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

static enum ud_code ask_failed(int why, unsigned wait_ms, struct ud_error *err)
{
    if (why == EINTR) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted");
    }
    if (why == ETIMEDOUT) {
        char time[24];
        ud_dial_show_time(wait_ms, time);
        return ud_fail(err, UD_ERR_UNREACHABLE,
                       "Look whether a USB/IP server listens at this port, and whether it hangs.",
                       "the connection was accepted, and nothing came within %s", time);
    }
    return ud_fail(err, UD_ERR_UNREACHABLE, "Look at the server's log.",
                   "the connection was accepted and then lost: %s", strerror(why));
}

static enum ud_code ask_send(const struct ud_kernel *kernel, int fd, const unsigned char *bytes,
                             size_t len, unsigned wait_ms, struct ud_error *err)
{
    uint64_t until = ud_wait_now_ms() + wait_ms;
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        int why = n < 0 ? errno : 0;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (why == EAGAIN || why == EINTR) {
            why = ud_dial_await(kernel, fd, POLLOUT, until);
        }
        if (why != 0) {
            return ask_failed(why, wait_ms, err);
        }
    }
    return UD_OK;
}

/* Never takes a byte that is not of the answer: what comes behind it is the kernel's. */
static enum ud_code ask_receive(const struct ud_kernel *kernel, int fd, struct ud_op_reader *reader,
                                struct ud_buf *bytes, unsigned wait_ms, struct ud_error *err)
{
    uint64_t until = ud_wait_now_ms() + wait_ms;
    while (!reader->whole) {
        unsigned char piece[4096];
        size_t wanted = ud_op_wanted(reader);
        size_t used;
        int why = ud_dial_await(kernel, fd, POLLIN, until);
        ssize_t n =
            why == 0 ? recv(fd, piece, wanted < sizeof piece ? wanted : sizeof piece, 0) : 0;
        if (why == 0 && n == 0) {
            return ud_op_reader_end(reader, err);
        }
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            continue;
        }
        if (why != 0 || n < 0) {
            return ask_failed(why != 0 ? why : errno, wait_ms, err);
        }
        UD_TRY(ud_op_feed(reader, piece, (size_t)n, &used, err));
        ud_buf_add(bytes, piece, used);
    }
    return ud_buf_check(bytes, "the server's list", err);
}

static enum ud_code ask_converse(const struct ud_ask *ask, int fd, struct ud_op_reader *reader,
                                 struct ud_buf *bytes, struct ud_error *err)
{
    unsigned char request[UD_OP_IMPORT_REQUEST_SIZE];
    size_t len = UD_OP_LIST_REQUEST_SIZE;
    unsigned wait_ms = ask->helper->server_ms;
    if (ask->busid != NULL) {
        UD_TRY(ud_op_import_request(ask->busid, request, err));
        ud_op_reader_init_import(reader, ask->busid);
        len = UD_OP_IMPORT_REQUEST_SIZE;
        wait_ms = wait_ms > 0 ? wait_ms : UD_PATIENCE_SERVER_IMPORT_MS;
    } else {
        ud_op_list_request(request);
        ud_op_reader_init_list(reader);
        wait_ms = wait_ms > 0 ? wait_ms : UD_PATIENCE_SERVER_ANSWER_MS;
    }
    UD_TRY(ask_send(ask->helper->kernel, fd, request, len, wait_ms, err));
    return ask_receive(ask->helper->kernel, fd, reader, bytes, wait_ms, err);
}

/* Of one address; ret->bytes is there, and emptied. */
static enum ud_code ask_one(const struct ud_ask *ask, const char *address, struct ud_asked *ret,
                            struct ud_error *err)
{
    unsigned wait_ms = ask->helper->server_ms;
    struct ud_op_reader reader = {0};
    int fd = -1;
    UD_TRY(ud_dial(ask->helper->kernel, address, ask->port,
                   wait_ms > 0 ? wait_ms : UD_PATIENCE_SERVER_CONNECT_MS, ret->from, &fd, err));
    ud_buf_clear(&ret->bytes);
    enum ud_code rc = ask_converse(ask, fd, &reader, &ret->bytes, err);
    if (rc == UD_OK && ask->busid != NULL) {
        ret->device = reader.devices[0];
        ud_ask_prepare(fd);
        ret->fd = fd;
    } else {
        (void)close(fd);
    }
    ret->server = address;
    ud_op_reader_done(&reader);
    return rc;
}

/* Whether another address may do better than one that gave this. */
static bool ask_goes_on(enum ud_code code)
{
    return code == UD_ERR_UNREACHABLE || code == UD_ERR_PROTOCOL;
}

/* What became of all addresses, in one message. */
struct ask_failure {
    enum ud_code code;
    struct ud_buf told;
    char remedy[sizeof((struct ud_error *)NULL)->remedy];
};

static void ask_tell(const struct ud_ask *ask, const char *address, const char *from,
                     const struct ud_error *why, struct ask_failure *failure)
{
    bool worse = why->code == UD_ERR_PROTOCOL && failure->code != UD_ERR_PROTOCOL;
    ud_buf_addf(&failure->told, "%s%s port %lu (from %s): %s", failure->told.len > 0 ? "; " : "",
                address, (unsigned long)ask->port, from, why->message);
    if (failure->remedy[0] == '\0' || worse) {
        (void)snprintf(failure->remedy, sizeof failure->remedy, "%s", why->remedy);
    }
    failure->code = worse ? UD_ERR_PROTOCOL : failure->code;
}

static enum ud_code ask_each(const struct ud_ask *ask, struct ud_asked *ret,
                             struct ask_failure *failure, struct ud_error *err)
{
    for (size_t i = 0; i < ask->count; i++) {
        struct ud_error why = {0};
        enum ud_code rc = ask_one(ask, ask->addresses[i], ret, &why);
        if (rc == UD_OK) {
            return UD_OK;
        }
        if (!ask_goes_on(rc)) {
            ud_error_prefix(&why, "%s port %lu (from %s)", ask->addresses[i],
                            (unsigned long)ask->port, ret->from);
            return ud_error_pass(err, &why);
        }
        ask_tell(ask, ask->addresses[i], ret->from, &why, failure);
    }
    return ud_fail(err, failure->code, failure->remedy, "%s", failure->told.data);
}

enum ud_code ud_ask(const struct ud_ask *ask, struct ud_asked *ret, struct ud_error *err)
{
    struct ud_asked asked = {.fd = -1};
    struct ask_failure failure = {.code = UD_ERR_UNREACHABLE};
    ud_buf_init(&asked.bytes, UD_OPS_EXPORTS_MAX);
    ud_buf_init(&failure.told, TOLD_MAX);
    enum ud_code rc = ask_each(ask, &asked, &failure, err);
    ud_buf_done(&failure.told);
    if (rc != UD_OK) {
        ud_asked_done(&asked);
        return rc;
    }
    *ret = asked;
    return UD_OK;
}
