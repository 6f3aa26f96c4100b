#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/tcp.h>

#include "usb_tree.h"
#include "usbip_server.h"
#include "util/patience.h"

#define BY_ID "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A1B2C3-if00-port0"
#define BY_PATH "/dev/serial/by-path/platform-vhci_hcd.0-usb-0:1:1.0-port0"

/* How the made-up kernel treats the device. */
enum manner {
    SERIAL,
    STORAGE,
    SLOW_STORAGE, /* whose disk comes after many looks, as over a slow link */
    NO_DRIVER,
    LATE_DRIVER, /* which comes after some looks */
    UNAUTHORIZED,
    NEVER,    /* takes it, and does not get on with it */
    GIVES_UP, /* says so in its log */
    DROPS,    /* frees the port again by itself */
    STAYS     /* does not detach */
};

/* A kernel with two ports for each speed; each test has its own. */
struct vm {
    struct fake f;
    struct server s;
    enum manner manner;
    struct tree_port ports[2 * TREE_PORTS];
    int attach_errno;
    uint32_t busy_below;
    uint32_t refused_speed;
    uint32_t speed; /* of the last attaching */
    int fd;         /* the kernel's end, or -1 */
    int looks;
    int slow_looks; /* of SLOW_STORAGE; 0: its disk never comes */
    bool asks;      /* it enumerates the device through the connection */
};

static void vm_publish(struct vm *vm, uint32_t port, int state)
{
    vm->ports[port] = (struct tree_port){.state = state, .speed = state == 4 ? 0 : vm->speed};
    if (state == 6) {
        vm->ports[port].devid = 3u << 16 | 7;
        vm->ports[port].busid = "1-1";
    }
    tree_publish(&vm->f, vm->ports);
}

/* A question of the kernel for the device's descriptor, and whether it was answered. */
static bool vm_ask(struct vm *vm, uint32_t seqnum)
{
    struct ud_usbip_header header = {.command = UD_USBIP_CMD_SUBMIT,
                                     .seqnum = seqnum,
                                     .devid = 3u << 16 | 7,
                                     .direction = UD_USBIP_IN,
                                     .length = 18,
                                     .setup = {0x80, 6, 0, 1, 0, 0, 18, 0}};
    unsigned char bytes[UD_USBIP_HEADER_SIZE + 18];
    ud_usbip_encode(&header, bytes);
    (void)send(vm->fd, bytes, UD_USBIP_HEADER_SIZE, MSG_NOSIGNAL);
    return recv(vm->fd, bytes, sizeof bytes, MSG_WAITALL) == (ssize_t)sizeof bytes;
}

static void vm_show(struct vm *vm)
{
    if (vm->manner == STORAGE) {
        tree_storage(&vm->f);
    } else if (vm->manner == SLOW_STORAGE) {
        tree_device(&vm->f, "46f4:0001", " 1\n");
        tree_interface(&vm->f, 0, "usb-storage");
    } else if (vm->manner == NO_DRIVER || vm->manner == LATE_DRIVER) {
        tree_device(&vm->f, "0403:6001", " 2\n");
        tree_interface(&vm->f, 0, NULL);
        tree_interface(&vm->f, 1, "usbhid");
    } else {
        tree_serial(&vm->f);
    }
    if (vm->manner == UNAUTHORIZED) {
        tree_attribute(&vm->f, "authorized", "0\n");
        tree_attribute(&vm->f, "bConfigurationValue", "\n");
    }
}

static int vm_attach(void *ctx, uint32_t port, int fd, uint32_t devid, uint32_t speed)
{
    struct vm *vm = ctx;
    char text[32];
    (void)snprintf(text, sizeof text, "%u", (unsigned)port);
    fake_did(&vm->f, "attach", text);
    assert_int_equal(devid, 3u << 16 | 7);
    if (port < vm->busy_below) {
        return EBUSY;
    }
    if (speed == vm->refused_speed) {
        return EINVAL;
    }
    if (vm->attach_errno != 0) {
        return vm->attach_errno;
    }
    vm->speed = speed;
    vm->fd = dup(fd);
    vm_publish(vm, port, vm->manner == DROPS ? 4 : 5);
    if (vm->manner == NEVER || vm->manner == GIVES_UP || vm->manner == DROPS ||
        (vm->asks && !vm_ask(vm, 1))) {
        return 0;
    }
    vm_show(vm);
    vm_publish(vm, port, 6);
    return 0;
}

static void vm_free(struct vm *vm, uint32_t port)
{
    if (vm->fd >= 0) {
        (void)close(vm->fd);
    }
    vm->fd = -1;
    vm_publish(vm, port, 4);
    tree_remove_device(&vm->f);
}

static int vm_detach(void *ctx, uint32_t port)
{
    struct vm *vm = ctx;
    char text[32];
    (void)snprintf(text, sizeof text, "%u", (unsigned)port);
    fake_did(&vm->f, "detach", text);
    if (vm->manner != STAYS) {
        vm_free(vm, port);
    }
    return 0;
}

/* The kernel frees the port when its connection ends. */
static void vm_sleeps(void *ctx)
{
    struct vm *vm = ctx;
    char byte;
    vm->looks++;
    if (vm->manner == LATE_DRIVER && vm->looks == 10) {
        tree_link(&vm->f, TREE_DEVICE "/1-1:1.0/driver",
                  "../../../../../../bus/usb/drivers/ftdi_sio");
    }
    if (vm->manner == SLOW_STORAGE && vm->slow_looks != 0 && vm->looks == vm->slow_looks) {
        tree_remove_device(&vm->f);
        tree_storage(&vm->f);
    }
    if (vm->asks && vm->fd >= 0 && recv(vm->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) {
        vm_free(vm, 0);
    }
}

static void vm_init(struct vm *vm, enum manner manner, enum server_manner server)
{
    *vm = (struct vm){.manner = manner, .fd = -1};
    fake_init(&vm->f);
    vm->f.attach = vm_attach;
    vm->f.detach = vm_detach;
    vm->f.sleeps = vm_sleeps;
    vm->f.log = "usb 1-1: device descriptor read/64, error -71\neth0: link up";
    tree_init(&vm->f);
    server_start(&vm->s, server);
}

/* Nobody holds the connection any more, unless it is the kernel's. */
static void vm_done(struct vm *vm)
{
    if (vm->fd >= 0) {
        (void)close(vm->fd);
    }
    server_stop(&vm->s);
    fake_done(&vm->f);
}

static struct answer attach_with(struct vm *vm, const char *flags)
{
    char line[256];
    (void)snprintf(line, sizeof line, "attach %s3-2 %u 127.0.0.1", flags, vm->s.port);
    return fake_run(&vm->f, line);
}

static void assert_nothing_left(const struct vm *vm)
{
    assert_int_equal(vm->ports[0].state == 0 ? 4 : vm->ports[0].state, 4);
    assert_false(tree_exists(&vm->f, "/var/run/vhci_hcd/port0"));
    assert_false(tree_exists(&vm->f, "/dev/serial"));
}

static void a_serial_adapter_becomes_a_terminal(void **state)
{
    struct vm vm;
    char text[128];
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(vm.f.did, "enter-all attach0");
    assert_has(&a, "fact server=127.0.0.1\n");
    assert_has(&a, "fact port=0\n");
    assert_has(&a, "fact devtmpfs=1\n");
    assert_has(&a, "blob devices=port 0\nhub hs\nspeed 3\nstate 6\n");
    (void)snprintf(text, sizeof text, "server 127.0.0.1 %u 3-2\n", vm.s.port);
    assert_has(&a, text);
    assert_has(&a, "ids 0403:6001 0600\n");
    assert_has(&a, "since 42\n");
    assert_has(&a, "interface 0 usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00 ftdi_sio\n");
    assert_has(&a, "node /dev/bus/usb/001/002 c 189:1 - - -\n");
    assert_has(&a, "node /dev/ttyUSB0 c 1:3 0666 0 0\n");
    assert_has(&a, "link " BY_ID " /dev/ttyUSB0\n");
    assert_has(&a, "link " BY_PATH " /dev/ttyUSB0\n");
    assert_link(&vm.f, BY_ID, "../../ttyUSB0");
    assert_link(&vm.f, BY_PATH, "../../ttyUSB0");
    (void)snprintf(text, sizeof text, "127.0.0.1 %u 3-2\ndevid %u\npath direct\n", vm.s.port,
                   3u << 16 | 7);
    assert_file(&vm.f, "/var/run/vhci_hcd/port0", text);
    assert_file(&vm.f, TREE_DEVICE "/power/control", "on");
    answer_done(&a);
    vm_done(&vm);
}

/* What the kernel is given: it blocks, and notices within 30 s that the server is gone. */
static void the_connection_is_made_fit_for_the_kernel(void **state)
{
    struct vm vm;
    int value = 0;
    socklen_t len = sizeof value;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_int_equal(fcntl(vm.fd, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(getsockopt(vm.fd, IPPROTO_TCP, TCP_NODELAY, &value, &len), 0);
    assert_int_not_equal(value, 0);
    assert_int_equal(getsockopt(vm.fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len), 0);
    assert_int_not_equal(value, 0);
    int idle = 0;
    int interval = 0;
    int times = 0;
    assert_int_equal(getsockopt(vm.fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, &len), 0);
    assert_int_equal(getsockopt(vm.fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, &len), 0);
    assert_int_equal(getsockopt(vm.fd, IPPROTO_TCP, TCP_KEEPCNT, &times, &len), 0);
    assert_in_range(idle + interval * times, 1, 30);
    assert_int_equal(getsockopt(vm.fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &len), 0);
    assert_in_range(value, 1, 30000);
    answer_done(&a);
    vm_done(&vm);
}

static void nodes_get_the_mode_and_group_that_are_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    struct answer a = attach_with(&vm, "--mode 0660 --group 20 ");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(vm.f.did, "enter-all attach0 grant:/dev/ttyUSB0,660,20");
    assert_has(&a, "node /dev/ttyUSB0 c 1:3 0660 0 20\n");
    answer_done(&a);
    vm_done(&vm);
}

static void a_node_that_cannot_be_changed_is_a_warning(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.f.grant_errno = EROFS;
    struct answer a = attach_with(&vm, "--mode 0660 ");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact warning=cannot change mode and group of /dev/ttyUSB0: ");
    answer_done(&a);
    vm_done(&vm);
}

static void a_vm_without_devtmpfs_is_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    fake_text(&vm.f, "/proc/self/mounts", "tmpfs /dev tmpfs rw 0 0\n");
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact devtmpfs=0\n");
    answer_done(&a);
    vm_done(&vm);
}

static void without_a_driver_the_device_stays_attached(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, NO_DRIVER, SERVER_WELL);
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "in00 -\n");
    assert_has(&a, "in01 usbhid\n");
    assert_in_range(vm.f.slept_ms, 180, 260); /* nobody would load one */
    answer_done(&a);
    vm_done(&vm);
    vm_init(&vm, NO_DRIVER, SERVER_WELL);
    fake_text(&vm.f, "/run/udev/control", "");
    a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_in_range(vm.f.slept_ms, 900, 1200); /* until nothing has changed for a second */
    answer_done(&a);
    vm_done(&vm);
}

static void a_driver_that_comes_late_is_waited_for(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, LATE_DRIVER, SERVER_WELL);
    fake_text(&vm.f, "/run/udev/control", "");
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "in00 ftdi_sio\n");
    assert_in_range(vm.f.slept_ms, 180, 300);
    answer_done(&a);
    vm_done(&vm);
}

static void a_disk_is_waited_for(void **state)
{
    static const struct {
        enum manner manner;
        int slow_looks;
        unsigned from_ms;
        unsigned to_ms;
    } disks[] = {
        {STORAGE, 0, 180, 300}, /* its partitions come a little later */
        {SLOW_STORAGE, 400, 400 * UD_PATIENCE_DEVICE_POLL_MS,
         405 * UD_PATIENCE_DEVICE_POLL_MS + 200},
        {SLOW_STORAGE, 0, UD_PATIENCE_DISK_MS, UD_PATIENCE_DISK_MS + 100},
    };
    (void)state;
    for (size_t i = 0; i < sizeof disks / sizeof disks[0]; i++) {
        struct vm vm;
        vm_init(&vm, disks[i].manner, SERVER_WELL);
        vm.slow_looks = disks[i].slow_looks;
        struct answer a = attach_with(&vm, "");
        assert_int_equal(a.code, UD_OK);
        assert_in_range(vm.f.slept_ms, disks[i].from_ms, disks[i].to_ms);
        if (disks[i].manner == STORAGE || disks[i].slow_looks != 0) {
            assert_has(&a, "node /dev/sda b 8:0 - - -\n");
            assert_has(&a, "node /dev/sda1 b 8:1 - - -\n");
        }
        answer_done(&a);
        vm_done(&vm);
    }
}

static void a_device_that_is_not_authorized_is_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, UNAUTHORIZED, SERVER_WELL);
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "configured 0\nauthorized 0\n");
    answer_done(&a);
    vm_done(&vm);
}

static void a_port_that_is_taken_meanwhile_is_passed_over(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.busy_below = 1;
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(vm.f.did, "enter-all attach0 attach1");
    assert_has(&a, "fact port=1\n");
    answer_done(&a);
    vm_done(&vm);
}

static void super_speed_goes_to_its_hub(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.s.speed = 5;
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(vm.f.did, "enter-all attach2");
    assert_int_equal(vm.speed, 5);
    answer_done(&a);
    vm_done(&vm);
}

static void super_plus_becomes_super_where_it_is_refused(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.s.speed = 6;
    vm.refused_speed = 6;
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_int_equal(vm.speed, 5);
    answer_done(&a);
    vm_done(&vm);
}

static void a_speed_that_is_none_is_refused(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.s.speed = 0;
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_ERR_UNFIT);
    assert_string_equal(vm.f.did, "enter-all");
    answer_done(&a);
    vm_done(&vm);
}

static void full_hubs_are_told_from_each_other(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.ports[0].state = 6;
    vm.ports[1].state = 6;
    tree_publish(&vm.f, vm.ports);
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_non_null(strstr(a.message, "all 2 USB 2 ports of vhci_hcd are in use (2 USB 3 ones are "
                                      "free, which this device cannot use)"));
    assert_has(&a, "fact remedy=Detach a device, or build");
    answer_done(&a);
    vm_done(&vm);
}

static void what_is_attached_already_is_not_attached_again(void **state)
{
    struct vm vm;
    char text[64];
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    (void)snprintf(text, sizeof text, "127.0.0.1 %u 3-2\n", vm.s.port); /* another program's */
    vm.speed = 2;
    vm_publish(&vm, 1, 6);
    fake_text(&vm.f, "/var/run/vhci_hcd/port1", text);
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_non_null(strstr(a.message, "is attached already: on port 1 of vhci_hcd, as 1-1"));
    assert_has(&a, "fact port=1\n");
    assert_int_equal(atomic_load(&vm.s.connections), 0);
    answer_done(&a);
    vm_done(&vm);
}

static void a_file_that_was_left_does_not_keep_a_device_out(void **state)
{
    struct vm vm;
    char text[64];
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.speed = 2;
    vm_publish(&vm, 1, 6);
    (void)snprintf(text, sizeof text, "127.0.0.1 %u 3-2\ndevid 1\n", vm.s.port); /* not that */
    fake_text(&vm.f, "/var/run/vhci_hcd/port1", text);
    (void)snprintf(text, sizeof text, "127.0.0.1 %u 3-2\n", vm.s.port);
    fake_text(&vm.f, "/var/run/vhci_hcd/port0", text); /* the port is free */
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    answer_done(&a);
    vm_done(&vm);
}

static void what_the_server_refuses_is_told(void **state)
{
    static const struct {
        enum server_manner manner;
        enum ud_code code;
    } rows[] = {
        {SERVER_BUSY, UD_ERR_BUSY},
        {SERVER_UNKNOWN, UD_ERR_NOT_FOUND},
        {SERVER_OTHER_BUSID, UD_ERR_PROTOCOL},
        {SERVER_CUTS, UD_ERR_UNREACHABLE},
        {SERVER_HTTP, UD_ERR_PROTOCOL},
        {SERVER_SILENT, UD_ERR_UNREACHABLE},
        {SERVER_OLD, UD_ERR_PROTOCOL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vm vm;
        vm_init(&vm, SERIAL, rows[i].manner);
        struct answer a = attach_with(&vm, "");
        assert_int_equal(a.code, rows[i].code);
        assert_non_null(strstr(a.message, "127.0.0.1 port"));
        assert_string_equal(vm.f.did, "enter-all");
        assert_nothing_left(&vm);
        answer_done(&a);
        vm_done(&vm);
    }
}

/* The five of the protocol, and what a user can do about each; nothing was attached. */
static void each_status_of_the_server_comes_with_its_remedy(void **state)
{
    static const struct {
        unsigned status;
        enum ud_code code;
        const char *message;
        const char *remedy;
    } rows[] = {
        {1, UD_ERR_ENGINE, "refuses to hand over the device 3-2 (status 1, not available)",
         "fact remedy=Share the device on the server: usbipd bind --busid 3-2"},
        {2, UD_ERR_BUSY, "the device 3-2 is in use (status 2, busy)",
         "usbip unbind -b 3-2 and usbip bind -b 3-2 (Linux).\n"},
        {3, UD_ERR_ENGINE, "cannot use the device 3-2 (status 3, device in error state)",
         "fact remedy=Plug the device in again"},
        {4, UD_ERR_NOT_FOUND, "shares no device 3-2 (status 4, no such device)",
         "usbip bind -b 3-2 (Linux).\n"},
        {5, UD_ERR_PROTOCOL, "failed at the device 3-2 (status 5, unexpected)",
         "fact remedy=Look at the server's log.\n"},
        {6, UD_ERR_PROTOCOL, "with status 0x6, which USB/IP does not have",
         "fact remedy=Look at the server's log.\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vm vm;
        vm_init(&vm, SERIAL, SERVER_WELL);
        vm.s.status = rows[i].status;
        struct answer a = attach_with(&vm, "");
        assert_int_equal(a.code, rows[i].code);
        if (strstr(a.message, rows[i].message) == NULL) {
            fail_msg("no \"%s\" in: %s", rows[i].message, a.message);
        }
        assert_has(&a, rows[i].remedy);
        assert_string_equal(vm.f.did, "enter-all");
        assert_nothing_left(&vm);
        answer_done(&a);
        vm_done(&vm);
    }
}

static void without_vhci_no_server_is_asked(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    fake_forget(&vm.f, "/sys");
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_ERR_NOT_FOUND);
    assert_non_null(strstr(a.message, "there is no device vhci_hcd.0"));
    assert_int_equal(atomic_load(&vm.s.connections), 0);
    answer_done(&a);
    vm_done(&vm);
}

static void a_kernel_that_does_not_take_it_is_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.attach_errno = EACCES;
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_ERR_DENIED);
    assert_nothing_left(&vm);
    answer_done(&a);
    vm_done(&vm);
}

static void what_is_never_configured_is_detached(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, NEVER, SERVER_WELL);
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_non_null(strstr(a.message, "did not configure it within 15 s; it was detached again"));
    assert_has(&a, "log vhci_hcd: usb 1-1: device descriptor read/64, error -71\n");
    assert_has_not(&a, "eth0");
    assert_string_equal(vm.f.did, "enter-all attach0 detach0");
    assert_nothing_left(&vm);
    answer_done(&a);
    vm_done(&vm);
}

static void a_kernel_that_gives_up_is_not_waited_for(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, GIVES_UP, SERVER_WELL);
    vm.f.log = "usb usb1-port1: unable to enumerate USB device";
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_non_null(strstr(a.message, "could not find out what it is"));
    assert_in_range(vm.f.slept_ms, 0, 100);
    assert_nothing_left(&vm);
    answer_done(&a);
    vm_done(&vm);
}

static void what_happens_on_other_ports_does_not_count(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, GIVES_UP, SERVER_WELL);
    vm.f.log = "usb usb1-port10: unable to enumerate USB device\n"
               "usb usb2-port1: unable to enumerate USB device";
    struct answer a = attach_with(&vm, "");
    assert_non_null(strstr(a.message, "did not configure it within 15 s"));
    answer_done(&a);
    vm_done(&vm);
}

static void a_connection_that_ends_at_once_is_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, DROPS, SERVER_WELL);
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_non_null(strstr(a.message, "the connection ended before it was configured"));
    assert_string_equal(vm.f.did, "enter-all attach0"); /* nothing that is another's is detached */
    answer_done(&a);
    vm_done(&vm);
}

static void a_signal_takes_the_device_off_again(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, NEVER, SERVER_WELL);
    vm.f.stop_at = 20;
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_ERR_INTERRUPTED);
    assert_string_equal(vm.f.did, "enter-all attach0 detach0");
    assert_nothing_left(&vm);
    answer_done(&a);
    vm_done(&vm);
}

/* Once to count, then to stop at the last question. How often a run asks depends on how fast the
 * machine is: one that ended before is counted again. */
static void a_signal_at_the_end_takes_all_off_again(void **state)
{
    enum { TRIES = 50 };
    bool stopped = false;
    int asked = 0;
    (void)state;
    for (int i = 0; i < TRIES && !stopped; i++) {
        struct vm vm;
        vm_init(&vm, SERIAL, SERVER_WELL);
        vm.f.stop_at = asked;
        struct answer a = attach_with(&vm, "");
        asked = vm.f.stop_asked;
        stopped = a.code == UD_ERR_INTERRUPTED;
        assert_true(stopped || a.code == UD_OK);
        if (stopped) {
            assert_string_equal(vm.f.did, "enter-all attach0 detach0");
            assert_nothing_left(&vm);
        }
        answer_done(&a);
        vm_done(&vm);
    }
    assert_true(stopped);
}

static void links_of_others_stay(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    fake_text(&vm.f, "/dev/ttyS0", "");
    tree_link(&vm.f, BY_ID, "../../ttyS0");     /* another device of that name */
    tree_link(&vm.f, BY_PATH, "../../ttyUSB9"); /* which is gone */
    struct answer a = attach_with(&vm, "");
    assert_int_equal(a.code, UD_OK);
    assert_link(&vm.f, BY_ID, "../../ttyS0");
    assert_link(&vm.f, BY_PATH, "../../ttyUSB0");
    assert_has_not(&a, "link " BY_ID);
    assert_has(&a, "link " BY_PATH);
    answer_done(&a);
    vm_done(&vm);
}

static void arguments_are_checked(void **state)
{
    static const char *const lines[] = {
        "attach",
        "attach 1-1",
        "attach 1-1 3240",
        "attach --mode 1-1 3240 127.0.0.1",
        "attach --mode 888 1-1 3240 127.0.0.1",
        "attach --mode 1777 1-1 3240 127.0.0.1",
        "attach --group x 1-1 3240 127.0.0.1",
        "attach --group 4294967295 1-1 3240 127.0.0.1",
        "attach 0123456789012345678901234567890123 3240 127.0.0.1",
        "attach 1-1 3240 host.docker.internal",
        "tunnel 1 2 1-1 host",
        "tunnel x 2 1-1 host 3240",
        "tunnel 1 2 1-1 a/b 3240",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct fake f;
        fake_init(&f);
        struct answer a = fake_run(&f, lines[i]);
        if (a.code != UD_ERR_USAGE) {
            fail_msg("taken: %s (%s)", lines[i], a.message);
        }
        assert_string_equal(f.did, "");
        answer_done(&a);
        fake_done(&f);
    }
}

/* ---- guarded ---- */

/* The helper says END, and works on until the kernel lets go. */
static void detach_later(void *ctx)
{
    struct vm *vm = ctx;
    vm_sleeps(ctx);
    if (vm->looks == 60 && vm->fd >= 0) {
        assert_true(vm_ask(vm, 2)); /* it still works */
        vm_free(vm, 0);
    }
    if (vm->looks > 60) {
        (void)usleep(1000);
    }
}

static void a_guarded_device_works_until_it_is_detached(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.asks = true;
    vm.f.sleeps = detach_later;
    struct answer a = attach_with(&vm, "--guard ");
    assert_int_equal(a.code, UD_OK);
    assert_int_equal(a.exit_code, 0);
    assert_has(&a, "blob devices=port 0\n");
    assert_string_equal(vm.f.did, "enter-all attach0");
    assert_nothing_left(&vm);
    answer_done(&a);
    vm_done(&vm);
}

static void sleep_really(void *ctx)
{
    vm_sleeps(ctx);
    (void)usleep(500);
}

static void when_the_server_goes_the_port_is_free(void **state)
{
    static const enum server_manner manners[] = {SERVER_LEAVES, SERVER_CHEATS};
    (void)state;
    for (size_t i = 0; i < sizeof manners / sizeof manners[0]; i++) {
        struct vm vm;
        vm_init(&vm, SERIAL, manners[i]);
        vm.s.answers = 1;
        vm.asks = true;
        vm.f.sleeps = sleep_really;
        struct answer a = attach_with(&vm, "--guard ");
        assert_int_equal(a.exit_code, manners[i] == SERVER_LEAVES ? a.exit_code : 1);
        assert_nothing_left(&vm);
        answer_done(&a);
        vm_done(&vm);
    }
}

static void a_signal_ends_a_guarded_device(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.asks = true;
    vm.f.sleeps = sleep_really;
    vm.f.stop_at = 40;
    struct answer a = attach_with(&vm, "--guard ");
    assert_nothing_left(&vm);
    answer_done(&a);
    vm_done(&vm);
}

/* A version that has the fix, or the very module of which that is known, needs none. */
static void a_guard_stays_only_where_it_may_be_needed(void **state)
{
    static const struct {
        const char *release;
        unsigned char build_id; /* of the loaded module, each byte */
        const char *options;
        const char *path;
    } kernels[] = {
        {"7.1.0", 0xaa, "--guard-unfixed ", "direct"},
        {"6.6.1", 0xaa, "--guard-unfixed ", "guarded"},
        {"6.6.1", 0xaa, "--guard-unfixed --fixed aaaaaaaa ", "direct"},
        {"6.6.1", 0xaa, "--guard-unfixed --fixed bbbbbbbb ", "guarded"},
        {"6.6.1", 0, "--guard-unfixed --fixed aaaaaaaa ", "guarded"},
        {"6.6.1", 0xaa, "", "direct"},
        {"7.1.0", 0xaa, "--guard ", "guarded"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        struct vm vm;
        char path[32];
        vm_init(&vm, SERIAL, SERVER_WELL);
        vm.asks = true;
        vm.f.sleeps = detach_later;
        fake_text(&vm.f, "/proc/sys/kernel/osrelease", kernels[i].release);
        fake_text(&vm.f, "/proc/sys/kernel/version", "#1 SMP\n");
        (void)fake_load(&vm.f, "usbip_core", kernels[i].build_id);
        struct answer a = attach_with(&vm, kernels[i].options);
        assert_int_equal(a.code, UD_OK);
        (void)snprintf(path, sizeof path, "path %s\n", kernels[i].path);
        assert_has(&a, path);
        answer_done(&a);
        vm_done(&vm);
    }
}

static void what_is_no_build_id_is_refused(void **state)
{
    static const char *const options[] = {"--guard-unfixed --fixed ../x ",
                                          "--guard-unfixed --fixed AAAA "};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct vm vm;
        vm_init(&vm, SERIAL, SERVER_WELL);
        struct answer a = attach_with(&vm, options[i]);
        assert_int_equal(a.code, UD_ERR_USAGE);
        assert_string_equal(vm.f.did, "");
        answer_done(&a);
        vm_done(&vm);
    }
}

/* Nobody but the kernel knew that it went; the next to touch the ports does what udev would. */
static void what_a_device_left_is_removed(void **state)
{
    static const char *const lines[] = {"detach", "detach 0"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct vm vm;
        vm_init(&vm, SERIAL, SERVER_WELL);
        struct answer a = attach_with(&vm, "");
        assert_int_equal(a.code, UD_OK);
        answer_done(&a);
        vm_free(&vm, 0);
        assert_true(tree_exists(&vm.f, "/var/run/vhci_hcd/port0"));
        a = fake_run(&vm.f, lines[i]);
        assert_int_equal(a.code, UD_OK);
        assert_nothing_left(&vm);
        answer_done(&a);
        vm_done(&vm);
    }
}

/* ---- through a tunnel ---- */

struct tunnel {
    struct vm vm;
    struct server device; /* at the host's end */
    int host;
    pthread_t thread;
};

static void *tunnel_device(void *ctx)
{
    struct tunnel *t = ctx;
    server_device(&t->device, t->host);
    (void)shutdown(t->host, SHUT_RDWR);
    return NULL;
}

static struct answer tunnel_run(struct tunnel *t, enum server_manner manner, int answers,
                                void (*sleeps)(void *ctx), int stop_at)
{
    int ends[2];
    vm_init(&t->vm, SERIAL, SERVER_WELL);
    t->vm.asks = true;
    t->vm.f.sleeps = sleeps;
    t->vm.f.stop_at = stop_at;
    t->device = (struct server){.manner = manner, .answers = answers};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    t->host = ends[0];
    t->vm.f.input = ends[1];
    t->vm.f.output = ends[1];
    assert_int_equal(pthread_create(&t->thread, NULL, tunnel_device, t), 0);
    struct answer a = fake_run(&t->vm.f, "tunnel --mode 0666 196615 3 3-2 my.host 3240");
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0); /* as it was */
    (void)close(ends[1]);
    (void)pthread_join(t->thread, NULL);
    (void)close(t->host);
    assert_nothing_left(&t->vm);
    return a;
}

static void only_a_tunnel_needs_standard_output_for_itself(void **state)
{
    static const char *const others[] = {"attach", "detach", "devices", "probe", "nothing"};
    char *argv[] = {(char *)"helper", (char *)"tunnel", NULL};
    (void)state;
    assert_true(ud_helper_uses_output(2, argv));
    assert_false(ud_helper_uses_output(1, argv));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        argv[1] = (char *)others[i];
        assert_false(ud_helper_uses_output(2, argv));
    }
}

static void a_device_comes_through_a_tunnel(void **state)
{
    struct tunnel t;
    (void)state;
    struct answer a = tunnel_run(&t, SERVER_WELL, 0, detach_later, 0);
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "server my.host 3240 3-2\n");
    assert_has(&a, "node /dev/ttyUSB0 c 1:3 0666 0 0\n");
    answer_done(&a);
    vm_done(&t.vm);
}

static void the_end_of_a_tunnel_is_told(void **state)
{
    struct tunnel t;
    (void)state;
    struct answer a = tunnel_run(&t, SERVER_LEAVES, 1, sleep_really, 0);
    assert_int_equal(a.code, UD_ERR_UNREACHABLE);
    assert_non_null(strstr(a.message, "the server ended the connection"));
    answer_done(&a);
    vm_done(&t.vm);
}

static void a_cheating_server_is_told(void **state)
{
    struct tunnel t;
    (void)state;
    struct answer a = tunnel_run(&t, SERVER_CHEATS, 1, sleep_really, 0);
    assert_int_equal(a.code, UD_ERR_PROTOCOL);
    answer_done(&a);
    vm_done(&t.vm);
}

static void a_signal_ends_a_tunnel(void **state)
{
    struct tunnel t;
    (void)state;
    struct answer a = tunnel_run(&t, SERVER_WELL, 0, sleep_really, 60);
    assert_int_equal(a.code, UD_ERR_INTERRUPTED);
    answer_done(&a);
    vm_done(&t.vm);
}

/* ---- again and again ---- */

/* Runs keep with an input that nobody closes, or, if unleashed, one that nobody holds. */
static struct answer keep_run(struct vm *vm, const char *options, const char *device,
                              bool unleashed)
{
    char line[160];
    int leash[2];
    assert_int_equal(pipe(leash), 0);
    vm->f.input = leash[0];
    if (unleashed) {
        (void)close(leash[1]);
    }
    (void)snprintf(line, sizeof line, "keep %s%s -- %u 127.0.0.1", options, device, vm->s.port);
    struct answer a = fake_run(&vm->f, line);
    (void)close(leash[0]);
    if (!unleashed) {
        (void)close(leash[1]);
    }
    return a;
}

static size_t count_of(const struct answer *a, const char *part)
{
    size_t count = 0;
    for (const char *at = a->text.data; (at = strstr(at, part)) != NULL; at += strlen(part)) {
        count++;
    }
    return count;
}

static void what_is_lost_is_attached_again(void **state)
{
    static const char *const devices[] = {"3-2", "ffff:ffff 1209:0001"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct vm vm;
        vm_init(&vm, SERIAL, SERVER_LEAVES);
        vm.s.answers = 1;
        vm.asks = true;
        vm.f.sleeps = sleep_really;
        vm.f.stop_at = 400;
        struct answer a = keep_run(&vm, "--mode 0660 ", devices[i], false);
        assert_int_equal(a.code, UD_ERR_INTERRUPTED);
        assert_in_range(count_of(&a, "fact attached=3-2\n"), 2, 100);
        assert_in_range(count_of(&a, "fact lost=the server ended the connection\n"), 2, 100);
        assert_has(&a, "path kept\n");
        assert_nothing_left(&vm);
        answer_done(&a);
        vm_done(&vm);
    }
}

static void what_somebody_detaches_stays_detached(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.asks = true;
    vm.f.sleeps = detach_later;
    struct answer a = keep_run(&vm, "", "3-2", false);
    assert_int_equal(a.code, UD_OK);
    assert_int_equal(count_of(&a, "fact attached="), 1);
    assert_int_equal(count_of(&a, "fact lost="), 0);
    assert_nothing_left(&vm);
    answer_done(&a);
    vm_done(&vm);
}

static void nothing_is_kept_for_nobody(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    vm.asks = true;
    vm.f.sleeps = sleep_really;
    struct answer a = keep_run(&vm, "", "3-2", true);
    assert_int_equal(a.code, UD_ERR_INTERRUPTED);
    assert_nothing_left(&vm);
    answer_done(&a);
    vm_done(&vm);
}

static void what_is_not_there_is_waited_for_only_if_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    struct answer a = keep_run(&vm, "", "9-9", false);
    assert_int_equal(a.code, UD_ERR_NOT_FOUND);
    answer_done(&a);
    vm.f.stop_at = 50;
    a = keep_run(&vm, "--unplugged ", "9-9", false);
    assert_int_equal(a.code, UD_ERR_INTERRUPTED);
    assert_int_equal(count_of(&a, "fact waiting=the server shares no device 9-9"), 1);
    assert_in_range(atomic_load(&vm.s.connections), 4, 12); /* each half second */
    answer_done(&a);
    vm_done(&vm);
}

static void what_is_of_no_use_to_keep_is_the_end(void **state)
{
    static const struct {
        enum server_manner server;
        enum manner kernel;
        enum ud_code code;
    } cases[] = {{SERVER_OLD, SERIAL, UD_ERR_PROTOCOL},
                 {SERVER_HTTP, SERIAL, UD_ERR_PROTOCOL},
                 {SERVER_WELL, DROPS, UD_ERR_REFUSED}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vm vm;
        vm_init(&vm, cases[i].kernel, cases[i].server);
        struct answer a = keep_run(&vm, "--unplugged ", "3-2", false);
        assert_int_equal(a.code, cases[i].code);
        answer_done(&a);
        vm_done(&vm);
    }
}

static void the_arguments_of_keep_are_checked(void **state)
{
    static const char *const lines[] = {"keep",
                                        "keep 3-2",
                                        "keep 3-2 --",
                                        "keep -- 3240 127.0.0.1",
                                        "keep : -- 3240 127.0.0.1",
                                        "keep 3-2 -- 0 127.0.0.1",
                                        "keep 3-2 -- 3240 host",
                                        "keep --mode 888 3-2 -- 3240 127.0.0.1"};
    struct vm vm;
    (void)state;
    vm_init(&vm, SERIAL, SERVER_WELL);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct answer a = fake_run(&vm.f, lines[i]);
        assert_int_equal(a.code, UD_ERR_USAGE);
        answer_done(&a);
    }
    vm_done(&vm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_serial_adapter_becomes_a_terminal),
        cmocka_unit_test(the_connection_is_made_fit_for_the_kernel),
        cmocka_unit_test(nodes_get_the_mode_and_group_that_are_told),
        cmocka_unit_test(a_node_that_cannot_be_changed_is_a_warning),
        cmocka_unit_test(a_vm_without_devtmpfs_is_told),
        cmocka_unit_test(without_a_driver_the_device_stays_attached),
        cmocka_unit_test(a_driver_that_comes_late_is_waited_for),
        cmocka_unit_test(a_disk_is_waited_for),
        cmocka_unit_test(a_device_that_is_not_authorized_is_told),
        cmocka_unit_test(a_port_that_is_taken_meanwhile_is_passed_over),
        cmocka_unit_test(super_speed_goes_to_its_hub),
        cmocka_unit_test(super_plus_becomes_super_where_it_is_refused),
        cmocka_unit_test(a_speed_that_is_none_is_refused),
        cmocka_unit_test(full_hubs_are_told_from_each_other),
        cmocka_unit_test(what_is_attached_already_is_not_attached_again),
        cmocka_unit_test(a_file_that_was_left_does_not_keep_a_device_out),
        cmocka_unit_test(what_the_server_refuses_is_told),
        cmocka_unit_test(each_status_of_the_server_comes_with_its_remedy),
        cmocka_unit_test(without_vhci_no_server_is_asked),
        cmocka_unit_test(a_kernel_that_does_not_take_it_is_told),
        cmocka_unit_test(what_is_never_configured_is_detached),
        cmocka_unit_test(a_kernel_that_gives_up_is_not_waited_for),
        cmocka_unit_test(what_happens_on_other_ports_does_not_count),
        cmocka_unit_test(a_connection_that_ends_at_once_is_told),
        cmocka_unit_test(a_signal_takes_the_device_off_again),
        cmocka_unit_test(a_signal_at_the_end_takes_all_off_again),
        cmocka_unit_test(links_of_others_stay),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(a_guarded_device_works_until_it_is_detached),
        cmocka_unit_test(when_the_server_goes_the_port_is_free),
        cmocka_unit_test(a_signal_ends_a_guarded_device),
        cmocka_unit_test(a_guard_stays_only_where_it_may_be_needed),
        cmocka_unit_test(what_is_no_build_id_is_refused),
        cmocka_unit_test(what_a_device_left_is_removed),
        cmocka_unit_test(only_a_tunnel_needs_standard_output_for_itself),
        cmocka_unit_test(a_device_comes_through_a_tunnel),
        cmocka_unit_test(the_end_of_a_tunnel_is_told),
        cmocka_unit_test(a_cheating_server_is_told),
        cmocka_unit_test(a_signal_ends_a_tunnel),
        cmocka_unit_test(what_is_lost_is_attached_again),
        cmocka_unit_test(what_somebody_detaches_stays_detached),
        cmocka_unit_test(nothing_is_kept_for_nobody),
        cmocka_unit_test(what_is_not_there_is_waited_for_only_if_told),
        cmocka_unit_test(what_is_of_no_use_to_keep_is_the_end),
        cmocka_unit_test(the_arguments_of_keep_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
