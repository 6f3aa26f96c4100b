#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "proto/device_report.h"

static const char whole[] =
    "port 0\n"
    "hub hs\n"
    "speed 2\n"
    "state 6\n"
    "server 10.0.2.2 3240 1-1.4\n"
    "busid 1-1\n"
    "devpath 1\n"
    "ids 0403:6001 0600\n"
    "class 000000\n"
    "manufacturer FTDI Ltd.\n"
    "product FT232R USB UART\n"
    "serial A1B2C3\n"
    "busnum 1\n"
    "devnum 2\n"
    "configured 1\n"
    "authorized 1\n"
    "since 42\n"
    "interface 0 usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00 ftdi_sio\n"
    "interface 1 usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin01 -\n"
    "child scsi:t-0x00\n"
    "node /dev/bus/usb/001/002 c 189:1 0664 0 0\n"
    "node /dev/ttyUSB0 c 188:0 0660 0 20\n"
    "node /dev/sda b 8:0 - - -\n"
    "link /dev/serial/by-id/usb-FTDI_FT232R-if00-port0 /dev/ttyUSB0\n"
    "mount /dev/sda /mnt/a b\n"
    "open /dev/ttyUSB0 1234 my tool\n"
    "port 9\n"
    "hub ss\n"
    "speed 0\n"
    "state 5\n";

static struct ud_device_report read_good(const char *text)
{
    struct ud_device_report report;
    struct ud_error err = {0};
    enum ud_code rc = ud_device_report_read(ud_slice_of(text), &report, &err);
    if (rc != UD_OK) {
        fail_msg("%s", err.message);
    }
    return report;
}

static void everything_is_read(void **state)
{
    struct ud_device_report report = read_good(whole);
    const struct ud_reported_device *device = &report.devices[0];
    (void)state;
    assert_int_equal(report.count, 2);
    assert_int_equal(device->port, 0);
    assert_string_equal(device->hub, "hs");
    assert_int_equal(device->speed, 2);
    assert_int_equal(device->state, 6);
    assert_string_equal(device->server_host, "10.0.2.2");
    assert_int_equal(device->server_port, 3240);
    assert_string_equal(device->server_busid, "1-1.4");
    assert_string_equal(device->busid, "1-1");
    assert_true(device->ids_known);
    assert_int_equal(device->vendor, 0x0403);
    assert_int_equal(device->product, 0x6001);
    assert_int_equal(device->release, 0x0600);
    assert_string_equal(device->manufacturer_name, "FTDI Ltd.");
    assert_string_equal(device->product_name, "FT232R USB UART");
    assert_string_equal(device->serial, "A1B2C3");
    assert_true(device->configured);
    assert_true(device->authorized);
    assert_true(device->since_known);
    assert_int_equal(device->since_s, 42);
    assert_int_equal(device->interface_count, 2);
    assert_string_equal(device->interfaces[0].driver, "ftdi_sio");
    assert_string_equal(device->interfaces[1].driver, "");
    assert_int_equal(device->children.len, 1);
    assert_string_equal(device->children.items[0], "scsi:t-0x00");
    assert_int_equal(device->node_count, 3);
    assert_int_equal(device->nodes[1].type, 'c');
    assert_int_equal(device->nodes[1].major, 188);
    assert_int_equal(device->nodes[1].mode, 0660);
    assert_int_equal(device->nodes[1].gid, 20);
    assert_true(device->nodes[1].present);
    assert_int_equal(device->nodes[2].type, 'b');
    assert_false(device->nodes[2].present);
    assert_string_equal(device->links[0].target, "/dev/ttyUSB0");
    assert_string_equal(device->mounts[0].path, "/mnt/a b");
    assert_int_equal(device->opens[0].pid, 1234);
    assert_string_equal(device->opens[0].comm, "my tool");
    assert_int_equal(report.devices[1].port, 9);
    assert_string_equal(report.devices[1].busid, "");
    ud_device_report_done(&report);
}

static void what_is_read_is_written_as_it_was(void **state)
{
    struct ud_device_report report = read_good(whole);
    struct ud_buf buf;
    (void)state;
    ud_buf_init(&buf, UD_REPORT_SIZE_MAX);
    ud_device_report_write(&report, &buf);
    assert_string_equal(buf.data, whole);
    ud_buf_done(&buf);
    ud_device_report_done(&report);
}

static void an_empty_report_has_no_devices(void **state)
{
    struct ud_device_report report = read_good("");
    (void)state;
    assert_int_equal(report.count, 0);
    ud_device_report_done(&report);
}

static void a_line_that_makes_no_sense_is_refused(void **state)
{
    static const char *const lines[] = {
        "hub hs",                 /* before a port */
        "port",                   /* nothing */
        "port x",                 /* no number */
        "port 4294967296",        /* too large */
        "port 0 1",               /* too much */
        "",                       /* no key */
        "port 0\nnonsense 1",     /* another key */
        "port 0\nhub hshshshshs", /* too long */
        "port 0\nids 0403:60011", /* no bcd */
        "port 0\nids 0403-6001 0600",
        "port 0\nids 0403:600 0600",
        "port 0\nclass 00",
        "port 0\nconfigured 2",
        "port 0\nsince -1",
        "port 0\nserver host 65536 1-1",
        "port 0\nserver host 3240",
        "port 0\ninterface 0 usb:v0403",
        "port 0\nchild",
        "port 0\nchild scsi",
        "port 0\nchild scsi:t-* x",
        "port 0\nnode /dev/x d 1:2 0600 0 0",
        "port 0\nnode /dev/x c 12 0600 0 0",
        "port 0\nnode /dev/x c 1:2 0800 0 0",
        "port 0\nnode /dev/x c 1:2 77777 0 0",
        "port 0\nnode /dev/x c 1:2 0600 0",
        "port 0\nnode /dev/x c 1:2 - - 0",
        "port 0\nlink /dev/a",
        "port 0\nmount /dev/a ",
        "port 0\nopen /dev/a x y",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct ud_device_report report = {0};
        struct ud_error err = {0};
        char text[256];
        (void)snprintf(text, sizeof text, "%s\n", lines[i]);
        if (ud_device_report_read(ud_slice_of(text), &report, &err) != UD_ERR_PROTOCOL) {
            fail_msg("taken: %s", lines[i]);
        }
        assert_non_null(strstr(err.message, "makes no sense"));
    }
}

static void too_much_is_refused(void **state)
{
    struct ud_device_report report = {0};
    struct ud_buf buf;
    (void)state;
    ud_buf_init(&buf, UD_REPORT_SIZE_MAX + 10);
    for (int i = 0; i <= UD_REPORT_DEVICES_MAX; i++) {
        ud_buf_addf(&buf, "port %d\n", i);
    }
    assert_int_equal(ud_device_report_read((struct ud_slice){buf.data, buf.len}, &report, NULL),
                     UD_ERR_PROTOCOL);
    ud_buf_clear(&buf);
    ud_buf_adds(&buf, "port 0\n");
    for (int i = 0; i <= UD_REPORT_LIST_MAX; i++) {
        ud_buf_adds(&buf, "link /dev/a /dev/b\n");
    }
    assert_int_equal(ud_device_report_read((struct ud_slice){buf.data, buf.len}, &report, NULL),
                     UD_ERR_PROTOCOL);
    ud_buf_clear(&buf);
    ud_buf_adds(&buf, "port 0\nproduct ");
    for (int i = 0; i < UD_REPORT_LINE_MAX; i++) {
        ud_buf_adds(&buf, "x");
    }
    assert_int_equal(ud_device_report_read((struct ud_slice){buf.data, buf.len}, &report, NULL),
                     UD_ERR_PROTOCOL);
    ud_buf_done(&buf);
}

static void lists_end_at_their_maximum(void **state)
{
    struct ud_device_report report = {0};
    struct ud_reported_device *device = ud_device_report_add(&report, 3);
    (void)state;
    for (int i = 0; i < UD_REPORT_LIST_MAX; i++) {
        assert_non_null(ud_reported_add_interface(device));
        assert_non_null(ud_reported_add_node(device));
        assert_non_null(ud_reported_add_link(device));
        assert_non_null(ud_reported_add_mount(device));
        assert_non_null(ud_reported_add_open(device));
    }
    for (int i = 0; i <= UD_REPORT_LIST_MAX; i++) {
        char modalias[32];
        (void)snprintf(modalias, sizeof modalias, "scsi:t-0x%02x", i % 256);
        assert_int_equal(ud_reported_add_child(device, modalias), i < UD_REPORT_LIST_MAX);
        assert_true(ud_reported_add_child(device, "scsi:t-0x00")); /* which is there */
    }
    assert_int_equal(device->children.len, UD_REPORT_LIST_MAX);
    assert_null(ud_reported_add_interface(device));
    assert_null(ud_reported_add_node(device));
    assert_null(ud_reported_add_link(device));
    assert_null(ud_reported_add_mount(device));
    assert_null(ud_reported_add_open(device));
    for (int i = 1; i < UD_REPORT_DEVICES_MAX; i++) {
        assert_non_null(ud_device_report_add(&report, 4));
    }
    assert_null(ud_device_report_add(&report, 4));
    ud_device_report_done(&report);
}

/* Names of devices, files and processes are anybody's. */
static void what_is_hostile_cannot_break_a_line(void **state)
{
    struct ud_device_report report = {0};
    struct ud_device_report again;
    struct ud_buf buf;
    struct ud_reported_device *device = ud_device_report_add(&report, 1);
    struct ud_report_mount *mount = ud_reported_add_mount(device);
    struct ud_report_open *open = ud_reported_add_open(device);
    (void)state;
    (void)snprintf(device->busid, sizeof device->busid, "1-1");
    (void)snprintf(device->product_name, sizeof device->product_name, "a\nport 7\x1b[31m\xff");
    (void)snprintf(device->serial, sizeof device->serial, " ");
    (void)snprintf(mount->node, sizeof mount->node, "/dev/s a");
    (void)snprintf(mount->path, sizeof mount->path, "/mnt/\n\tx");
    open->pid = 1;
    ud_buf_init(&buf, UD_REPORT_SIZE_MAX);
    ud_device_report_write(&report, &buf);
    again = read_good(buf.data);
    assert_int_equal(again.count, 1);
    assert_string_equal(again.devices[0].product_name, "a?port 7?[31m?");
    assert_string_equal(again.devices[0].mounts[0].node, "/dev/s?a");
    assert_string_equal(again.devices[0].mounts[0].path, "/mnt/??x");
    assert_string_equal(again.devices[0].opens[0].comm, "?");
    ud_buf_done(&buf);
    ud_device_report_done(&again);
    ud_device_report_done(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(what_is_read_is_written_as_it_was),
        cmocka_unit_test(an_empty_report_has_no_devices),
        cmocka_unit_test(a_line_that_makes_no_sense_is_refused),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(lists_end_at_their_maximum),
        cmocka_unit_test(what_is_hostile_cannot_break_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
