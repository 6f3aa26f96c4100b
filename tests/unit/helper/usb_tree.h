/* A made-up sysfs with devices on vhci_hcd, for tests of what attaches, lists and detaches them.
 * Files in /dev are links to the test machine's own /dev/null and the like, since making nodes
 * needs a privilege; the device's numbers are theirs. */
#ifndef TESTS_HELPER_USB_TREE_H
#define TESTS_HELPER_USB_TREE_H

#include "fake.h"

#define TREE_STATUS "/sys/devices/platform/vhci_hcd.0/status"
#define TREE_HEADER "hub port sta spd dev      sockfd local_busid\n"
#define TREE_BUS "/sys/devices/platform/vhci_hcd.0/usb1"
#define TREE_DEVICE TREE_BUS "/1-1"

enum { TREE_PORTS = 2 }; /* of each hub */

struct tree_port {
    int state; /* 4: free */
    unsigned speed;
    unsigned devid;
    const char *busid;
};

static inline void tree_link(const struct fake *f, const char *path, const char *target)
{
    char full[512];
    char above[256];
    char inside[260];
    (void)snprintf(above, sizeof above, "%s", path);
    *strrchr(above, '/') = '\0';
    (void)snprintf(inside, sizeof inside, "%s/.x", above);
    fake_text(f, inside, "");
    fake_forget(f, inside);
    (void)snprintf(full, sizeof full, "%s%s", f->root, path);
    assert_int_equal(symlink(target, full), 0);
}

/* The status of one controller with TREE_PORTS ports on each hub. */
static inline void tree_publish(const struct fake *f, const struct tree_port ports[2 * TREE_PORTS])
{
    struct ud_buf buf;
    ud_buf_init(&buf, 4096);
    ud_buf_adds(&buf, TREE_HEADER);
    for (unsigned i = 0; i < 2 * TREE_PORTS; i++) {
        const struct tree_port *port = &ports[i];
        int state = port->state != 0 ? port->state : 4;
        ud_buf_addf(&buf, "%s  %04u %03d %03u %08x %06d %s\n", i < TREE_PORTS ? "hs" : "ss", i,
                    state, port->speed, port->devid, state == 4 ? 0 : 3,
                    port->busid != NULL ? port->busid : "0-0");
    }
    fake_text(f, TREE_STATUS, buf.data);
    fake_text(f, "/sys/devices/platform/vhci_hcd.0/nports", "4\n");
    ud_buf_done(&buf);
}

/* What the kernel has without any device. */
static inline void tree_init(const struct fake *f)
{
    static const struct tree_port none[2 * TREE_PORTS] = {0};
    tree_publish(f, none);
    fake_text(f, TREE_BUS "/speed", "480\n");
    fake_text(f, "/sys/devices/platform/vhci_hcd.0/usb2/speed", "5000\n");
    fake_text(f, "/sys/bus/platform/drivers/vhci_hcd/uevent", "");
    fake_text(f, "/proc/self/mounts", "devtmpfs /dev devtmpfs rw 0 0\n");
    fake_text(f, "/var/run/x", "");
}

static inline void tree_attribute(const struct fake *f, const char *name, const char *text)
{
    char path[512];
    (void)snprintf(path, sizeof path, TREE_DEVICE "/%s", name);
    fake_text(f, path, text);
}

/* Device 1-1 without its interfaces. */
static inline void tree_device(const struct fake *f, const char *ids, const char *interfaces)
{
    char text[16];
    tree_link(f, "/sys/bus/usb/devices/1-1", "../../../devices/platform/vhci_hcd.0/usb1/1-1");
    (void)snprintf(text, sizeof text, "%.4s\n", ids);
    tree_attribute(f, "idVendor", text);
    (void)snprintf(text, sizeof text, "%.4s\n", ids + 5);
    tree_attribute(f, "idProduct", text);
    tree_attribute(f, "bcdDevice", "0600\n");
    tree_attribute(f, "bDeviceClass", "00\n");
    tree_attribute(f, "bDeviceSubClass", "00\n");
    tree_attribute(f, "bDeviceProtocol", "00\n");
    tree_attribute(f, "devpath", "1\n");
    tree_attribute(f, "busnum", "1\n");
    tree_attribute(f, "devnum", "2\n");
    tree_attribute(f, "authorized", "1\n");
    tree_attribute(f, "bConfigurationValue", "1\n");
    tree_attribute(f, "bNumInterfaces", interfaces);
    tree_attribute(f, "power/connected_duration", "42999\n");
    tree_attribute(f, "power/control", "a");
    tree_attribute(f, "dev", "189:1\n");
    tree_attribute(f, "uevent",
                   "MAJOR=189\nMINOR=1\nDEVNAME=bus/usb/001/002\nDEVTYPE=usb_device\n");
    tree_link(f, TREE_DEVICE "/subsystem", "../../../../../bus/usb");
}

/* An interface; driver is NULL if it has none. */
static inline void tree_interface(const struct fake *f, int number, const char *driver)
{
    char name[16];
    char path[128];
    char text[128];
    (void)snprintf(name, sizeof name, "1-1:1.%d", number);
    (void)snprintf(path, sizeof path, "/sys/bus/usb/devices/%s", name);
    (void)snprintf(text, sizeof text, "../../../devices/platform/vhci_hcd.0/usb1/1-1/%s", name);
    tree_link(f, path, text);
    (void)snprintf(path, sizeof path, "%s/bInterfaceNumber", name);
    (void)snprintf(text, sizeof text, "%02x\n", (unsigned)number);
    tree_attribute(f, path, text);
    (void)snprintf(path, sizeof path, "%s/modalias", name);
    (void)snprintf(text, sizeof text, "usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin%02x\n",
                   (unsigned)number);
    tree_attribute(f, path, text);
    if (driver != NULL) {
        (void)snprintf(path, sizeof path, TREE_DEVICE "/%s/driver", name);
        (void)snprintf(text, sizeof text, "../../../../../../bus/usb/drivers/%s", driver);
        tree_link(f, path, text);
    }
}

/* An FTDI adapter on ttyUSB0, whose node has the numbers of /dev/null. */
static inline void tree_serial(const struct fake *f)
{
#define TREE_TTY TREE_DEVICE "/1-1:1.0/ttyUSB0"
    tree_device(f, "0403:6001", " 1\n");
    tree_attribute(f, "manufacturer", "FTDI\n");
    tree_attribute(f, "product", "FT232R USB UART\n");
    tree_attribute(f, "serial", "A1B2C3\n");
    tree_interface(f, 0, "ftdi_sio");
    fake_text(f, TREE_TTY "/port_number", "0\n");
    fake_text(f, TREE_TTY "/tty/ttyUSB0/dev", "1:3\n");
    fake_text(f, TREE_TTY "/tty/ttyUSB0/uevent", "MAJOR=1\nMINOR=3\nDEVNAME=ttyUSB0\n");
    tree_link(f, TREE_TTY "/tty/ttyUSB0/device", "../../../ttyUSB0");
    tree_link(f, "/sys/class/tty/ttyUSB0",
              "../../devices/platform/vhci_hcd.0/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0");
    tree_link(f, "/dev/ttyUSB0", "/dev/null");
}

/* A stick with one partition, sda and sda1; no node of a disk can be made here. */
static inline void tree_storage(const struct fake *f)
{
#define TREE_DISK TREE_DEVICE "/1-1:1.0/host2/target2:0:0/2:0:0:0"
    tree_device(f, "46f4:0001", " 1\n");
    tree_attribute(f, "manufacturer", "QEMU\n");
    tree_attribute(f, "product", "QEMU USB HARDDRIVE\n");
    tree_attribute(f, "serial", "1-0000:00:04.7-4\n");
    tree_interface(f, 0, "usb-storage");
    fake_text(f, TREE_DISK "/vendor", "QEMU    \n");
    fake_text(f, TREE_DISK "/model", "QEMU HARDDISK   \n");
    fake_text(f, TREE_DISK "/block/sda/dev", "8:0\n");
    fake_text(f, TREE_DISK "/block/sda/uevent", "MAJOR=8\nMINOR=0\nDEVNAME=sda\nDEVTYPE=disk\n");
    tree_link(f, TREE_DISK "/block/sda/subsystem", "../../../../../../../../../../../class/block");
    tree_link(f, TREE_DISK "/block/sda/device", "../../../2:0:0:0");
    fake_text(f, TREE_DISK "/block/sda/sda1/dev", "8:1\n");
    fake_text(f, TREE_DISK "/block/sda/sda1/uevent", "MAJOR=8\nMINOR=1\nDEVNAME=sda1\n");
    tree_link(f, TREE_DISK "/block/sda/sda1/subsystem",
              "../../../../../../../../../../../../class/block");
    tree_link(f, "/sys/class/block/sda",
              "../../devices/platform/vhci_hcd.0/usb1/1-1/1-1:1.0/host2/target2:0:0/2:0:0:0/block/"
              "sda");
}

static inline void tree_remove_device(const struct fake *f)
{
    static const char *const paths[] = {
        "/sys/bus/usb/devices/1-1",
        "/sys/bus/usb/devices/1-1:1.0",
        "/sys/bus/usb/devices/1-1:1.1",
        "/sys/class/tty/ttyUSB0",
        "/sys/class/block/sda",
        TREE_DEVICE,
        "/dev/ttyUSB0",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        fake_forget(f, paths[i]);
    }
}

static inline bool tree_exists(const struct fake *f, const char *path)
{
    char full[512];
    struct stat st;
    (void)snprintf(full, sizeof full, "%s%s", f->root, path);
    return lstat(full, &st) == 0;
}

static inline void assert_file(const struct fake *f, const char *path, const char *text)
{
    char full[512];
    char now[512] = "";
    (void)snprintf(full, sizeof full, "%s%s", f->root, path);
    int fd = open(full, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(read(fd, now, sizeof now - 1) >= 0);
    (void)close(fd);
    assert_string_equal(now, text);
}

static inline void assert_link(const struct fake *f, const char *path, const char *target)
{
    char full[512];
    char now[512] = "";
    (void)snprintf(full, sizeof full, "%s%s", f->root, path);
    if (readlink(full, now, sizeof now - 1) < 0) {
        fail_msg("there is no link %s", path);
    }
    assert_string_equal(now, target);
}

#endif
