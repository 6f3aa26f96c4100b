/* What comes after a device was attached: its children without drivers, who may open its nodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/check.h"
#include "usb/access.h"
#include "usb/usb_device.h"
#include "usb_tree.h"

#define BY_ID "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A1B2C3-if00-port0"
#define HID TREE_DEVICE "/1-1:1.0/0003:0627:0001.0001"

/* A machine with a device on port 0. */
static void begin(struct fake *f, void (*tree)(const struct fake *f))
{
    const struct tree_port ports[2 * TREE_PORTS] = {
        {.state = 6, .speed = 2, .devid = 0x30007, .busid = "1-1"}};
    fake_init(f);
    tree_init(f);
    tree_publish(f, ports);
    tree(f);
}

static void end(struct fake *f, struct answer *a)
{
    answer_done(a);
    fake_done(f);
}

/* ---- children ---- */

/* A keyboard that hid-generic serves, and whose input device nobody does. */
static void tree_keyboard(const struct fake *f)
{
    tree_device(f, "0627:0001", " 1\n");
    tree_interface(f, 0, "usbhid");
    fake_text(f, HID "/modalias", "hid:b0003g0001v00000627p00000001\n");
    tree_link(f, HID "/driver", "../../../../../../../bus/hid/drivers/hid-generic");
    tree_link(f, HID "/subsystem", "../../../../../../../bus/hid");
    fake_text(f, HID "/input/input5/modalias",
              "input:b0003v0627p0001e0001-e0,1,4,k71,72,ram4,sfw\n");
    tree_link(f, HID "/input/input5/subsystem", "../../../../../../../../../class/input");
}

static void what_a_driver_found_and_nobody_serves_is_told(void **state)
{
    struct fake f;
    (void)state;
    begin(&f, tree_storage);
    fake_text(&f, TREE_DISK "/modalias", "scsi:t-0x00\n");
    struct answer a = fake_run(&f, "devices");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "in00 usb-storage\nchild scsi:t-0x00\nnode ");
    answer_done(&a);
    tree_link(&f, TREE_DISK "/driver", "../../../../../../../../../bus/scsi/drivers/sd");
    a = fake_run(&f, "devices");
    assert_has_not(&a, "child");
    end(&f, &a);
}

static void an_input_device_has_handlers_for_drivers(void **state)
{
    struct fake f;
    (void)state;
    begin(&f, tree_keyboard);
    struct answer a = fake_run(&f, "devices");
    assert_has(&a, "child input:b0003v0627p0001e0001-e0,1,4,k71,72,ram4,sfw\n");
    assert_has_not(&a, "child hid:");
    answer_done(&a);
    fake_text(&f, HID "/input/input5/event3/dev", "13:67\n");
    a = fake_run(&f, "devices");
    assert_has_not(&a, "child");
    end(&f, &a);
}

/* A modalias is a file's text: what is none, or is cut, is not passed on. */
static void hostile_modaliases_are_passed_over(void **state)
{
    struct fake f;
    char text[UD_MODALIAS_TEXT_SIZE + 8];
    (void)state;
    begin(&f, tree_keyboard);
    fake_text(&f, HID "/a/modalias", "scsi:t-* x\n");
    fake_text(&f, HID "/b/modalias", "--enter\n");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text, "input:", 6);
    fake_text(&f, HID "/input/input5/modalias", text);
    struct answer a = fake_run(&f, "devices");
    assert_int_equal(a.code, UD_OK);
    assert_has_not(&a, "child");
    end(&f, &a);
}

/* ---- settle ---- */

static void nodes_that_came_later_get_what_those_of_attach_got(void **state)
{
    struct fake f;
    (void)state;
    begin(&f, tree_serial);
    struct answer a = fake_run(&f, "settle --mode 0660 --group 20 0");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(f.did, "enter grant:/dev/ttyUSB0,660,20");
    assert_has(&a, "blob devices=port 0\n");
    assert_has(&a, "node /dev/ttyUSB0 c 1:3 0660 0 20\n");
    assert_has(&a, "link " BY_ID " /dev/ttyUSB0\n");
    assert_link(&f, BY_ID, "../../ttyUSB0");
    end(&f, &a);
}

static void a_device_that_left_is_told(void **state)
{
    struct fake f;
    (void)state;
    begin(&f, tree_serial);
    struct answer a = fake_run(&f, "settle 1");
    assert_int_equal(a.code, UD_ERR_NOT_FOUND);
    answer_done(&a);
    tree_remove_device(&f);
    a = fake_run(&f, "settle 0");
    assert_int_equal(a.code, UD_ERR_NOT_FOUND);
    end(&f, &a);
}

/* The child of a stick that a driver would have to serve ends the waiting for a disk. */
static void what_nobody_serves_is_not_waited_for(void **state)
{
    struct fake f;
    (void)state;
    begin(&f, tree_storage);
    fake_text(&f, TREE_DISK "/modalias", "scsi:t-0x00\n");
    struct answer a = fake_run(&f, "settle 0");
    assert_int_equal(a.code, UD_OK);
    assert_in_range(f.slept_ms, 180, 260);
    assert_has(&a, "child scsi:t-0x00\n");
    end(&f, &a);
}

/* ---- nodes ---- */

static struct ud_report_node made_node(const char *path, char type)
{
    struct ud_report_node node = {.type = type, .present = true, .mode = 0600};
    (void)snprintf(node.path, sizeof node.path, "%s", path);
    return node;
}

/* What is done to a node of a VM, which has a group "input" or none. */
static void give(struct fake *f, const struct ud_access *access, struct ud_report_node node)
{
    const struct ud_kernel kernel = fake_kernel(f);
    struct ud_helper helper = {.root = f->root, .kernel = &kernel};
    struct ud_reported_device device = {.nodes = &node, .node_count = 1};
    f->did[0] = '\0';
    ud_access_give(&helper, access, &device);
}

static void a_node_of_root_alone_gets_what_udev_would_give_it(void **state)
{
    static const struct {
        const char *path;
        char type;
        const char *did;
    } rows[] = {
        {"/dev/ttyUSB0", 'c', "grant:/dev/ttyUSB0,660,20"},
        {"/dev/ttyACM1", 'c', "grant:/dev/ttyACM1,660,20"},
        {"/dev/snd/controlC0", 'c', "grant:/dev/snd/controlC0,660,29"},
        {"/dev/video0", 'c', "grant:/dev/video0,660,44"},
        {"/dev/usb/lp0", 'c', "grant:/dev/usb/lp0,660,7"},
        {"/dev/bus/usb/001/002", 'c', "grant:/dev/bus/usb/001/002,664,0"},
        {"/dev/input/event3", 'c', "grant:/dev/input/event3,660,105"},
        {"/dev/hidraw0", 'c', ""},
        {"/dev/bsg/2:0:0:0", 'c', ""},
    };
    static const struct ud_access usual = {-1, -1};
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/etc/group", "root:x:0:\ninputs:x:7:\ninput:x:105:ann\ninput:x:9:\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        give(&f, &usual, made_node(rows[i].path, rows[i].type));
        assert_string_equal(f.did, rows[i].did);
    }
    fake_done(&f);
}

static void a_disk_is_of_the_group_disk(void **state)
{
    static const struct ud_access usual = {-1, -1};
    struct fake f;
    (void)state;
    fake_init(&f);
    give(&f, &usual, made_node("/dev/sda1", 'b'));
    assert_string_equal(f.did, "grant:/dev/sda1,660,6");
    give(&f, &usual, made_node("/dev/sr0", 'b'));
    assert_string_equal(f.did, "grant:/dev/sr0,660,24");
    fake_done(&f);
}

static void what_somebody_decided_stays(void **state)
{
    static const struct ud_access usual = {-1, -1};
    struct fake f;
    struct ud_report_node node = made_node("/dev/ttyUSB0", 'c');
    (void)state;
    fake_init(&f);
    node.mode = 0640;
    give(&f, &usual, node);
    assert_string_equal(f.did, "");
    node.mode = 0600;
    node.gid = 5;
    give(&f, &usual, node);
    assert_string_equal(f.did, "");
    give(&f, &usual, made_node("/dev/input/event3", 'c')); /* no group "input" */
    assert_string_equal(f.did, "");
    fake_text(&f, "/run/udev/control", "");
    give(&f, &usual, made_node("/dev/ttyUSB0", 'c'));
    assert_string_equal(f.did, "");
    fake_done(&f);
}

static void what_is_asked_for_goes_first(void **state)
{
    static const struct ud_access mode = {0666, -1};
    static const struct ud_access group = {-1, 1000};
    struct fake f;
    struct ud_report_node node = made_node("/dev/ttyUSB0", 'c');
    (void)state;
    fake_init(&f);
    give(&f, &mode, node);
    assert_string_equal(f.did, "grant:/dev/ttyUSB0,666,20");
    give(&f, &group, node);
    assert_string_equal(f.did, "grant:/dev/ttyUSB0,660,1000");
    node.mode = 0640;
    give(&f, &group, node);
    assert_string_equal(f.did, "grant:/dev/ttyUSB0,37777777777,1000");
    give(&f, &mode, made_node("/dev/bus/usb/001/002", 'c')); /* there is no other */
    assert_string_equal(f.did, "grant:/dev/bus/usb/001/002,666,0");
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_driver_found_and_nobody_serves_is_told),
        cmocka_unit_test(an_input_device_has_handlers_for_drivers),
        cmocka_unit_test(hostile_modaliases_are_passed_over),
        cmocka_unit_test(nodes_that_came_later_get_what_those_of_attach_got),
        cmocka_unit_test(a_device_that_left_is_told),
        cmocka_unit_test(what_nobody_serves_is_not_waited_for),
        cmocka_unit_test(a_node_of_root_alone_gets_what_udev_would_give_it),
        cmocka_unit_test(a_disk_is_of_the_group_disk),
        cmocka_unit_test(what_somebody_decided_stays),
        cmocka_unit_test(what_is_asked_for_goes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
