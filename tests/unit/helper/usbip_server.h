/* A USB/IP server on the loopback address, played by a thread. It takes one connection after
 * the other; its device, after an import, is that of usbip/testdev.h. */
#ifndef TESTS_HELPER_USBIP_SERVER_H
#define TESTS_HELPER_USBIP_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "usbip/op.h"
#include "usbip/testdev.h"

enum server_manner {
    SERVER_WELL,
    SERVER_SILENT,      /* takes the connection and says nothing */
    SERVER_HTTP,        /* answers as a web server */
    SERVER_OLD,         /* another version */
    SERVER_BUSY,        /* status 2 */
    SERVER_UNKNOWN,     /* status 4 */
    SERVER_OTHER_BUSID, /* hands over another device */
    SERVER_CUTS,        /* closes within the answer */
    SERVER_MUTE,        /* lets the device be imported, and answers nothing then */
    SERVER_LEAVES,      /* closes after the device's first answers */
    SERVER_CHEATS       /* sends an answer that nobody asked for after the first ones */
};

struct server {
    enum server_manner manner;
    uint32_t speed;
    int answers;     /* of LEAVES and CHEATS, before that */
    unsigned status; /* with which it refuses an import, if not 0 */
    int listener;
    unsigned port;
    pthread_t thread;
    atomic_int connections;
    atomic_int device_ended; /* imported devices whose connection ended */
};

static inline bool server_read(int fd, void *dst, size_t len)
{
    return recv(fd, dst, len, MSG_WAITALL) == (ssize_t)len;
}

static inline void server_put32(unsigned char *dst, uint32_t value)
{
    uint32_t big = htonl(value);
    memcpy(dst, &big, sizeof big);
}

/* Device 3-2 of the server: bus 3, device 7. */
static inline void server_record(const struct server *s, const char *busid,
                                 unsigned char dst[UD_OP_RECORD_SIZE])
{
    memset(dst, 0, UD_OP_RECORD_SIZE);
    memcpy(dst, "/sys/devices/x", 14);
    memcpy(dst + 256, busid, strlen(busid));
    server_put32(dst + 288, 3);
    server_put32(dst + 292, 7);
    server_put32(dst + 296, s->speed);
    dst[300] = 0x12;
    dst[301] = 0x09;
    dst[303] = 0x01;
    dst[309] = 1;
    dst[310] = 1;
    dst[311] = 1;
}

static inline void server_header(unsigned version, unsigned code, unsigned status,
                                 unsigned char dst[8])
{
    dst[0] = (unsigned char)(version >> 8);
    dst[1] = (unsigned char)version;
    dst[2] = (unsigned char)(code >> 8);
    dst[3] = (unsigned char)code;
    server_put32(dst + 4, status);
}

static inline void server_list(const struct server *s, int fd)
{
    unsigned char answer[12 + UD_OP_RECORD_SIZE + 4] = {0};
    size_t len = sizeof answer;
    server_header(s->manner == SERVER_OLD ? 0x0106 : 0x0111, 0x0005, 0, answer);
    server_put32(answer + 8, 1);
    server_record(s, "3-2", answer + 12);
    answer[12 + UD_OP_RECORD_SIZE] = 0xff;
    if (s->manner == SERVER_CUTS) {
        len = 100;
    }
    (void)send(fd, answer, len, MSG_NOSIGNAL);
}

/* The device at work, until the connection ends. */
static inline void server_device(struct server *s, int fd)
{
    struct ud_testdev device;
    struct ud_buf answer;
    unsigned char bytes[UD_USBIP_HEADER_SIZE];
    struct ud_usbip_header header;
    int left = s->answers;
    ud_testdev_init(&device, "0123");
    ud_buf_init(&answer, UD_TESTDEV_ANSWER_MAX);
    while (server_read(fd, bytes, sizeof bytes)) {
        if (s->manner == SERVER_MUTE) {
            continue;
        }
        ud_buf_clear(&answer);
        if (ud_usbip_decode(bytes, &header, NULL) != UD_OK ||
            ud_testdev_answer(&device, &header, &answer, NULL) != UD_OK) {
            break;
        }
        (void)send(fd, answer.data, answer.len, MSG_NOSIGNAL);
        if (s->manner == SERVER_LEAVES && --left == 0) {
            break;
        }
        if (s->manner == SERVER_CHEATS && --left == 0) {
            (void)send(fd, answer.data, answer.len, MSG_NOSIGNAL); /* the same once more */
        }
    }
    ud_buf_done(&answer);
    atomic_fetch_add(&s->device_ended, 1);
}

static inline void server_import(struct server *s, int fd)
{
    unsigned char answer[8 + UD_OP_RECORD_SIZE];
    unsigned status = s->manner == SERVER_BUSY ? 2 : s->manner == SERVER_UNKNOWN ? 4 : s->status;
    server_header(s->manner == SERVER_OLD ? 0x0106 : 0x0111, 0x0003, status, answer);
    server_record(s, s->manner == SERVER_OTHER_BUSID ? "3-9" : "3-2", answer + 8);
    size_t len = status != 0 ? 8 : s->manner == SERVER_CUTS ? 100 : sizeof answer;
    (void)send(fd, answer, len, MSG_NOSIGNAL);
    if (len == sizeof answer && s->manner != SERVER_OTHER_BUSID && s->manner != SERVER_OLD) {
        server_device(s, fd);
    }
}

static inline void server_serve(struct server *s, int fd)
{
    unsigned char request[40];
    if (s->manner == SERVER_SILENT) {
        (void)server_read(fd, request, sizeof request); /* until the other side goes */
        (void)recv(fd, request, 1, 0);
    } else if (s->manner == SERVER_HTTP) {
        static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
        (void)server_read(fd, request, 8);
        (void)send(fd, http, sizeof http - 1, MSG_NOSIGNAL);
    } else if (server_read(fd, request, 8)) {
        if (request[3] == 0x05) {
            server_list(s, fd);
        } else if (server_read(fd, request + 8, 32)) {
            server_import(s, fd);
        }
    }
}

static inline void *server_run(void *ctx)
{
    struct server *s = ctx;
    int fd;
    while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
        atomic_fetch_add(&s->connections, 1);
        server_serve(s, fd);
        (void)close(fd);
    }
    return NULL;
}

static inline void server_start(struct server *s, enum server_manner manner)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    *s = (struct server){.manner = manner, .speed = 3};
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(s->listener >= 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(s->listener, 8), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &len), 0);
    s->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
}

/* Every connection has to be over by then. */
static inline void server_stop(struct server *s)
{
    (void)shutdown(s->listener, SHUT_RDWR);
    (void)pthread_join(s->thread, NULL);
    (void)close(s->listener);
}

/* A port of the loopback address at which nobody listens. */
static inline unsigned server_unused_port(void)
{
    struct server s;
    server_start(&s, SERVER_WELL);
    server_stop(&s);
    return s.port;
}

#endif
