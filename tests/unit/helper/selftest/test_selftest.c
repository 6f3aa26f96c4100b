#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>

#include "fake.h"
#include "usbip/testdev.h"

#define STATUS "/sys/devices/platform/vhci_hcd.0/status"
#define DEVICE "/sys/bus/usb/devices/3-1"
#define HEADER "hub port sta spd dev      sockfd local_busid\n"
#define FREE0 "hs  0000 004 000 00000000 000000 0-0\n"
#define FREE1 "hs  0001 004 000 00000000 000000 0-0\n"
#define USED0 "hs  0000 006 002 00010004 000003 3-2\n"
#define USED1 "hs  0001 006 002 00010005 000004 3-3\n"
#define SUPER "ss  0008 004 000 00000000 000000 0-0\n"

/* How the made-up kernel treats the device. */
enum manner {
    WELL,
    NO_QUESTIONS, /* takes it and never asks it anything */
    NONSENSE,     /* sends what is no USB/IP, and never configures it */
    DROPS,        /* frees the port again by itself */
    UNAUTHORIZED, /* does not configure it */
    OTHER_SERIAL, /* shows another device in its place */
    STAYS         /* says that it detaches, and does not */
};

/* A kernel with two ports for high speed; each test has its own. */
struct usb {
    struct fake f;
    enum manner manner;
    int attach_errno;
    int detach_errno;
    uint32_t busy_below; /* attaching to these ports finds them taken meanwhile */
    uint32_t devid;
    char serial[64];
    int fd; /* the kernel's end, or -1 */
};

static void publish(struct usb *u, uint32_t port, const char *state)
{
    char text[512];
    char line[128];
    (void)snprintf(line, sizeof line, "hs  %04u %s 003 %08x 000005 %s\n", (unsigned)port, state,
                   strcmp(state, "006") == 0 ? (unsigned)u->devid : 0,
                   strcmp(state, "006") == 0 ? "3-1" : "0-0");
    (void)snprintf(text, sizeof text, HEADER "%s%s" SUPER, port == 0 ? line : FREE0,
                   port == 1 ? line : FREE1);
    fake_text(&u->f, STATUS, text);
}

/* The kernel's part of one transfer; how many bytes came. */
static size_t ask(struct usb *u, const char *setup, unsigned char *data)
{
    static uint32_t seqnum;
    struct ud_usbip_header header = {.command = UD_USBIP_CMD_SUBMIT,
                                     .seqnum = ++seqnum,
                                     .devid = u->devid,
                                     .length = (unsigned char)setup[6]};
    unsigned char bytes[UD_USBIP_HEADER_SIZE];
    memcpy(header.setup, setup, sizeof header.setup);
    header.direction = header.setup[0] >> 7;
    ud_usbip_encode(&header, bytes);
    assert_int_equal(send(u->fd, bytes, sizeof bytes, 0), sizeof bytes);
    assert_int_equal(recv(u->fd, bytes, sizeof bytes, MSG_WAITALL), sizeof bytes);
    assert_int_equal(ud_usbip_decode(bytes, &header, NULL), UD_OK);
    assert_int_equal(header.seqnum, seqnum);
    assert_int_equal(header.status, 0);
    size_t len = (setup[0] & 0x80) != 0 ? header.length : 0;
    if (len > 0) {
        assert_int_equal(recv(u->fd, data, len, MSG_WAITALL), (ssize_t)len);
    }
    return len;
}

static void show_attribute(struct usb *u, const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, DEVICE "/%s", name);
    fake_text(&u->f, path, text);
}

/* As hub and driver core do it, and what sysfs then shows. */
static void enumerate(struct usb *u)
{
    unsigned char data[256];
    char text[64];
    assert_int_equal(ask(u, "\x80\6\0\1\0\0\x12\0", data), 18);
    (void)snprintf(text, sizeof text, "%02x%02x\n", data[9], data[8]);
    show_attribute(u, "idVendor", text);
    (void)snprintf(text, sizeof text, "%02x%02x\n", data[11], data[10]);
    show_attribute(u, "idProduct", text);
    size_t len = ask(u, "\x80\6\3\3\x09\4\xff\0", data);
    for (size_t i = 2; i < len; i += 2) {
        text[i / 2 - 1] = (char)data[i];
    }
    text[len / 2 - 1] = '\0';
    (void)snprintf(u->serial, sizeof u->serial, "%s", text);
    show_attribute(u, "serial", u->manner == OTHER_SERIAL ? "0123" : text);
    show_attribute(u, "authorized", u->manner == UNAUTHORIZED ? "0\n" : "1\n");
    show_attribute(u, "bConfigurationValue", "");
    if (u->manner != UNAUTHORIZED) {
        (void)ask(u, "\0\x09\1\0\0\0\0\0", data);
        show_attribute(u, "bConfigurationValue", "1\n");
    }
}

static int attach(void *ctx, uint32_t port, int fd, uint32_t devid, uint32_t speed)
{
    struct usb *u = ctx;
    char number[8];
    (void)snprintf(number, sizeof number, "%u", (unsigned)port);
    fake_did(&u->f, "attach", number);
    assert_int_equal(speed, UD_TESTDEV_SPEED);
    if (port < u->busy_below) {
        return EBUSY;
    }
    if (u->attach_errno != 0) {
        return u->attach_errno;
    }
    u->fd = dup(fd);
    u->devid = devid;
    publish(u, port, u->manner == DROPS ? "004" : "005");
    if (u->manner == NONSENSE) {
        static const char nonsense[UD_USBIP_HEADER_SIZE] = "GET / HTTP/1.1\r\n\r\n";
        char byte;
        assert_int_equal(send(u->fd, nonsense, sizeof nonsense, 0), sizeof nonsense);
        assert_int_equal(recv(u->fd, &byte, 1, 0), 0);
    } else if (u->manner != NO_QUESTIONS && u->manner != DROPS) {
        enumerate(u);
        publish(u, port, "006");
    }
    return 0;
}

static int detach(void *ctx, uint32_t port)
{
    struct usb *u = ctx;
    char number[8];
    (void)snprintf(number, sizeof number, "%u", (unsigned)port);
    fake_did(&u->f, "detach", number);
    if (u->detach_errno == 0 && u->manner != STAYS) {
        publish(u, port, "004");
        fake_forget(&u->f, DEVICE);
    }
    return u->detach_errno;
}

static void usb_init(struct usb *u, enum manner manner)
{
    *u = (struct usb){.manner = manner, .fd = -1};
    fake_init(&u->f);
    u->f.attach = attach;
    u->f.detach = detach;
    u->f.log = "usb 3-1: device descriptor read/64, error -71\neth0: link up";
    fake_text(&u->f, STATUS, HEADER FREE0 FREE1 SUPER);
}

static void usb_done(struct usb *u)
{
    if (u->fd >= 0) {
        char byte;
        assert_int_equal(recv(u->fd, &byte, 1, 0), 0); /* the other end is closed */
        (void)close(u->fd);
    }
    fake_done(&u->f);
}

static struct answer test(struct usb *u)
{
    return fake_run(&u->f, "selftest");
}

static void a_device_comes_and_goes(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, WELL);
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact selftest-port=0\n");
    assert_has(&a, "fact selftest-busid=3-1\n");
    assert_has(&a, "fact selftest-urbs=3\n");
    assert_has(&a, "fact selftest-ms=");
    assert_has(&a, "fact selftest-authorized=1\n");
    assert_string_equal(u.f.did, "enter-all lock attach0 detach0");
    answer_done(&a);
    usb_done(&u);
}

static void each_run_has_another_serial_number(void **state)
{
    struct usb u;
    char first[64] = "";
    (void)state;
    for (int i = 0; i < 2; i++) {
        usb_init(&u, WELL);
        struct answer a = test(&u);
        assert_int_equal(a.code, UD_OK);
        assert_int_equal(strlen(u.serial), UD_TESTDEV_SERIAL_MAX);
        assert_string_not_equal(u.serial, first);
        (void)snprintf(first, sizeof first, "%s", u.serial);
        answer_done(&a);
        usb_done(&u);
    }
}

static void a_port_that_is_taken_meanwhile_is_passed_over(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, WELL);
    u.busy_below = 1;
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact selftest-port=1\n");
    assert_string_equal(u.f.did, "enter-all lock attach0 attach1 detach1");
    answer_done(&a);
    usb_done(&u);
}

static void without_a_free_port_nothing_is_attached(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, WELL);
    fake_text(&u.f, STATUS, HEADER USED0 USED1 SUPER);
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_has(&a, "port failed 0 all 2 ports for USB 2 devices are in use\n");
    assert_string_equal(u.f.did, "enter-all lock");
    answer_done(&a);
    usb_done(&u);
}

static void without_vhci_nothing_is_attached(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, WELL);
    fake_forget(&u.f, "/sys/devices");
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_ERR_NOT_FOUND);
    assert_has(&a, "driver failed 2 the kernel has no USB/IP");
    assert_string_equal(u.f.did, "enter-all lock");
    answer_done(&a);
    usb_done(&u);
}

static void a_status_that_makes_no_sense_is_told(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, WELL);
    fake_text(&u.f, STATUS, HEADER "hs 0000 what\n");
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_has(&a, "port failed");
    assert_string_equal(u.f.did, "enter-all lock");
    answer_done(&a);
    usb_done(&u);
}

static void a_refusal_has_the_kernels_words(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, WELL);
    u.attach_errno = EINVAL;
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_has(&a, "log vhci_hcd: usb 3-1: device descriptor read/64, error -71\n"
                   "attach failed 22 the kernel did not take the device on port 0: ");
    assert_has_not(&a, "eth0");
    answer_done(&a);
    u.attach_errno = EROFS;
    a = test(&u);
    assert_int_equal(a.code, UD_ERR_DENIED);
    answer_done(&a);
    usb_done(&u);
}

static void what_is_not_enumerated_is_detached(void **state)
{
    static const enum manner manners[] = {NO_QUESTIONS, OTHER_SERIAL};
    struct usb u;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        usb_init(&u, manners[i]);
        struct answer a = test(&u);
        assert_int_equal(a.code, UD_ERR_REFUSED);
        assert_has(&a, "log vhci_hcd: usb 3-1");
        assert_has(&a, "enumerate failed 110 the kernel took the device on port 0, and did not "
                       "configure it within 10 s; requests until then: ");
        assert_string_equal(u.f.did, "enter-all lock attach0 detach0");
        answer_done(&a);
        usb_done(&u);
    }
}

static void nonsense_from_the_kernel_is_told(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, NONSENSE);
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_non_null(strstr(a.message, "USB/IP has no command 1195725856: the kernel took"));
    answer_done(&a);
    usb_done(&u);
}

/* Somebody else may have the port by then. */
static void what_the_kernel_dropped_is_not_detached(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, DROPS);
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_has(&a, "dropped it before it was configured");
    assert_string_equal(u.f.did, "enter-all lock attach0");
    answer_done(&a);
    usb_done(&u);
}

static void a_policy_that_configures_nothing_is_told(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, UNAUTHORIZED);
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact selftest-authorized=0\n");
    answer_done(&a);
    usb_done(&u);
}

static void an_interruption_detaches(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, NO_QUESTIONS);
    u.f.stop_at = 2;
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_ERR_INTERRUPTED);
    assert_string_equal(u.f.did, "enter-all lock attach0 detach0");
    assert_has_not(&a, "failed");
    answer_done(&a);
    usb_done(&u);
}

static void what_stays_attached_is_told(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, STAYS);
    struct answer a = test(&u);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_has(&a, "detach failed 0 the kernel did not detach the device from port 0: it is still "
                   "there; the port stays in use\n");
    assert_has_not(&a, "fact");
    answer_done(&a);
    usb_done(&u);
    usb_init(&u, WELL);
    u.detach_errno = EIO;
    a = test(&u);
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_has(&a, "detach failed 5 ");
    answer_done(&a);
    usb_done(&u);
}

static void it_takes_no_argument(void **state)
{
    struct usb u;
    (void)state;
    usb_init(&u, WELL);
    struct answer a = fake_run(&u.f, "selftest 0");
    assert_int_equal(a.code, UD_ERR_USAGE);
    assert_string_equal(u.f.did, "");
    answer_done(&a);
    u.f.lock_code = UD_ERR_BUSY;
    a = test(&u);
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_string_equal(u.f.did, "enter-all lock");
    answer_done(&a);
    usb_done(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_comes_and_goes),
        cmocka_unit_test(each_run_has_another_serial_number),
        cmocka_unit_test(a_port_that_is_taken_meanwhile_is_passed_over),
        cmocka_unit_test(without_a_free_port_nothing_is_attached),
        cmocka_unit_test(without_vhci_nothing_is_attached),
        cmocka_unit_test(a_status_that_makes_no_sense_is_told),
        cmocka_unit_test(a_refusal_has_the_kernels_words),
        cmocka_unit_test(what_is_not_enumerated_is_detached),
        cmocka_unit_test(nonsense_from_the_kernel_is_told),
        cmocka_unit_test(what_the_kernel_dropped_is_not_detached),
        cmocka_unit_test(a_policy_that_configures_nothing_is_told),
        cmocka_unit_test(an_interruption_detaches),
        cmocka_unit_test(what_stays_attached_is_told),
        cmocka_unit_test(it_takes_no_argument),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
