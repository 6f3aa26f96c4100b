#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/pump.h"
#include "usbip/usbip.h"
#include "util/mem.h"

enum { LARGE = 1024 * 1024, TRANSFERS = 8 };

/* A server and a kernel at the ends of a pump. */
struct ends {
    struct ud_pump pump;
    int server; /* the server's own end */
    int ours;   /* that the pump reads and writes */
    int kernel;
};

static void ends_init(struct ends *e)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    e->server = pair[0];
    e->ours = pair[1];
    assert_int_equal(ud_pump_start(&e->pump, e->ours, e->ours, &e->kernel, NULL), UD_OK);
}

static void ends_done(struct ends *e)
{
    ud_pump_stop(&e->pump);
    assert_int_equal(fcntl(e->ours, F_GETFL) & O_NONBLOCK, 0); /* as it was */
    if (e->kernel >= 0) {
        char byte;
        assert_int_equal(recv(e->kernel, &byte, 1, 0), 0); /* the kernel frees the port then */
        (void)close(e->kernel);
    }
    (void)close(e->ours);
    if (e->server >= 0) {
        (void)close(e->server);
    }
}

static void await_end(const struct ends *e)
{
    for (int i = 0; i < 5000 && !ud_pump_ended(&e->pump); i++) {
        (void)usleep(1000);
    }
    assert_true(ud_pump_ended(&e->pump));
}

static void send_all(int fd, const void *data, size_t len)
{
    const char *p = data;
    while (len > 0) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
        assert_true(n > 0);
        p += n;
        len -= (size_t)n;
    }
}

static void send_header(int fd, const struct ud_usbip_header *header)
{
    unsigned char bytes[UD_USBIP_HEADER_SIZE];
    ud_usbip_encode(header, bytes);
    send_all(fd, bytes, sizeof bytes);
}

static void command(int fd, uint32_t seqnum, uint32_t direction, uint32_t length)
{
    const struct ud_usbip_header header = {.command = UD_USBIP_CMD_SUBMIT,
                                           .seqnum = seqnum,
                                           .devid = 1,
                                           .direction = direction,
                                           .endpoint = 1,
                                           .length = length};
    send_header(fd, &header);
}

static unsigned char *pattern(uint32_t seqnum)
{
    unsigned char *data = ud_alloc(LARGE, 1);
    for (size_t i = 0; i < LARGE; i++) {
        data[i] = (unsigned char)(i * 31 + i / 256 + seqnum);
    }
    return data;
}

/* Takes each command in turn, and answers it. */
static void *serve_large(void *ctx)
{
    const struct ends *e = ctx;
    unsigned char *data = ud_alloc(LARGE, 1);
    for (uint32_t i = 0; i < TRANSFERS; i++) {
        unsigned char bytes[UD_USBIP_HEADER_SIZE];
        struct ud_usbip_header header;
        if (recv(e->server, bytes, sizeof bytes, MSG_WAITALL) != (ssize_t)sizeof bytes ||
            ud_usbip_decode(bytes, &header, NULL) != UD_OK) {
            break;
        }
        unsigned char *wanted = pattern(header.seqnum);
        bool in = header.direction == UD_USBIP_IN;
        bool same = in || (recv(e->server, data, LARGE, MSG_WAITALL) == LARGE &&
                           memcmp(data, wanted, LARGE) == 0);
        const struct ud_usbip_header answer = {.command = UD_USBIP_RET_SUBMIT,
                                               .seqnum = header.seqnum,
                                               .status = same ? 0 : UD_USBIP_STALL,
                                               .length = LARGE};
        send_header(e->server, &answer);
        if (in) {
            send_all(e->server, wanted, LARGE);
        }
        free(wanted);
    }
    free(data);
    return NULL;
}

/* More than any buffer between holds, both ways at once. */
static void large_transfers_pass_unchanged(void **state)
{
    struct ends e;
    pthread_t thread;
    unsigned char *data = ud_alloc(LARGE, 1);
    (void)state;
    ends_init(&e);
    assert_int_equal(pthread_create(&thread, NULL, serve_large, &e), 0);
    for (uint32_t i = 0; i < TRANSFERS; i += 2) {
        unsigned char *out = pattern(i);
        command(e.kernel, i, UD_USBIP_OUT, LARGE);
        send_all(e.kernel, out, LARGE);
        command(e.kernel, i + 1, UD_USBIP_IN, LARGE);
        for (uint32_t k = i; k < i + 2; k++) {
            unsigned char bytes[UD_USBIP_HEADER_SIZE];
            struct ud_usbip_header header;
            assert_int_equal(recv(e.kernel, bytes, sizeof bytes, MSG_WAITALL), sizeof bytes);
            assert_int_equal(ud_usbip_decode(bytes, &header, NULL), UD_OK);
            assert_int_equal(header.seqnum, k);
            assert_int_equal(header.status, 0);
            assert_int_equal(header.length, LARGE);
        }
        unsigned char *in = pattern(i + 1);
        assert_int_equal(recv(e.kernel, data, LARGE, MSG_WAITALL), LARGE);
        assert_memory_equal(data, in, LARGE);
        free(in);
        free(out);
    }
    (void)pthread_join(thread, NULL);
    free(data);
    ends_done(&e);
    assert_int_equal(e.pump.failed.code, UD_OK);
    assert_false(e.pump.released);
}

static void the_end_of_the_server_ends_it(void **state)
{
    struct ends e;
    (void)state;
    ends_init(&e);
    (void)close(e.server);
    e.server = -1;
    await_end(&e);
    ends_done(&e);
    assert_int_equal(e.pump.failed.code, UD_ERR_UNREACHABLE);
    assert_string_equal(e.pump.failed.message, "the server ended the connection");
}

static void an_answer_that_is_cut_off_is_told(void **state)
{
    struct ends e;
    (void)state;
    ends_init(&e);
    send_all(e.server, "\0\0\0\3\0\0", 6);
    (void)close(e.server);
    e.server = -1;
    await_end(&e);
    ends_done(&e);
    assert_int_equal(e.pump.failed.code, UD_ERR_UNREACHABLE);
    assert_string_equal(e.pump.failed.message, "the server ended the connection within an answer");
}

static void the_end_of_the_kernel_ends_it_well(void **state)
{
    struct ends e;
    (void)state;
    ends_init(&e);
    (void)close(e.kernel);
    e.kernel = -1;
    await_end(&e);
    ends_done(&e);
    assert_true(e.pump.released);
    assert_int_equal(e.pump.failed.code, UD_OK);
}

/* The server takes nothing: the pump holds bytes for it, and still sees the kernel go. */
static void a_server_that_hangs_does_not_keep_the_kernel(void **state)
{
    struct ends e;
    unsigned char *data = pattern(1);
    (void)state;
    ends_init(&e);
    (void)fcntl(e.kernel, F_SETFL, O_NONBLOCK);
    command(e.kernel, 1, UD_USBIP_OUT, LARGE);
    for (int idle = 0; idle < 50;) {
        idle = send(e.kernel, data, 4096, MSG_NOSIGNAL) > 0 ? 0 : idle + 1;
        (void)usleep(idle > 0 ? 1000 : 0);
    }
    (void)close(e.kernel);
    e.kernel = -1;
    await_end(&e);
    free(data);
    ends_done(&e);
    assert_true(e.pump.released);
}

static void nonsense_of_a_server_reaches_no_kernel(void **state)
{
    struct ends e;
    char nonsense[UD_USBIP_HEADER_SIZE] = "HTTP/1.1 200 OK";
    (void)state;
    ends_init(&e);
    send_all(e.server, nonsense, sizeof nonsense);
    await_end(&e);
    ends_done(&e); /* the kernel's end has not one byte */
    assert_int_equal(e.pump.failed.code, UD_ERR_PROTOCOL);
}

static void stopping_ends_it_without_a_complaint(void **state)
{
    struct ends e;
    (void)state;
    ends_init(&e);
    assert_false(ud_pump_ended(&e.pump));
    ends_done(&e);
    assert_int_equal(e.pump.failed.code, UD_OK);
    assert_false(e.pump.released);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_transfers_pass_unchanged),
        cmocka_unit_test(the_end_of_the_server_ends_it),
        cmocka_unit_test(an_answer_that_is_cut_off_is_told),
        cmocka_unit_test(the_end_of_the_kernel_ends_it_well),
        cmocka_unit_test(a_server_that_hangs_does_not_keep_the_kernel),
        cmocka_unit_test(nonsense_of_a_server_reaches_no_kernel),
        cmocka_unit_test(stopping_ends_it_without_a_complaint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
