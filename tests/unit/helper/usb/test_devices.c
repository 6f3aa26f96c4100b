#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/utsname.h>

#include "usb/links.h"
#include "usb_tree.h"

#define BY_ID "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A1B2C3-if00-port0"

/* A machine with a device on port 0, as manner says; each test has its own. */
struct vm {
    struct fake f;
    struct tree_port ports[2 * TREE_PORTS];
    int detach_errno;
    bool stays;
    int lingers; /* the device's files stay for so many looks after its port is free */
};

static int vm_detach(void *ctx, uint32_t port)
{
    struct vm *vm = ctx;
    char text[16];
    (void)snprintf(text, sizeof text, "%u", (unsigned)port);
    fake_did(&vm->f, "detach", text);
    if (vm->detach_errno == 0 && !vm->stays) {
        vm->ports[port].state = 4;
        tree_publish(&vm->f, vm->ports);
        if (vm->lingers == 0) {
            tree_remove_device(&vm->f);
        }
    }
    return vm->detach_errno;
}

static void vm_sleeps(void *ctx)
{
    struct vm *vm = ctx;
    if (vm->lingers > 0 && --vm->lingers == 0) {
        tree_remove_device(&vm->f);
    }
}

static void vm_init(struct vm *vm, void (*tree)(const struct fake *f))
{
    *vm = (struct vm){0};
    fake_init(&vm->f);
    vm->f.detach = vm_detach;
    vm->f.sleeps = vm_sleeps;
    tree_init(&vm->f);
    vm->ports[0] = (struct tree_port){.state = 6, .speed = 2, .devid = 0x30007, .busid = "1-1"};
    tree_publish(&vm->f, vm->ports);
    tree(&vm->f);
}

static void end(struct vm *vm, struct answer *a)
{
    answer_done(a);
    fake_done(&vm->f);
}

/* A process with an open file that is target, in a mount namespace with these mounts. */
static void process(const struct fake *f, int pid, const char *space, const char *mounts,
                    const char *target)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/proc/%d/comm", pid);
    fake_text(f, path, "minicom\n");
    (void)snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
    tree_link(f, path, space);
    (void)snprintf(path, sizeof path, "/proc/%d/mountinfo", pid);
    fake_text(f, path, mounts);
    (void)snprintf(path, sizeof path, "/proc/%d/fd/0", pid);
    tree_link(f, path, "socket:[1234]");
    (void)snprintf(path, sizeof path, "/proc/%d/fd/3", pid);
    tree_link(f, path, target);
}

/* ---- devices ---- */

static void all_used_ports_are_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    vm.ports[1].state = 7;
    vm.ports[2] = (struct tree_port){.state = 6, .speed = 5, .busid = "2-1"};
    tree_publish(&vm.f, vm.ports);
    struct answer a = fake_run(&vm.f, "devices");
    assert_int_equal(a.code, UD_OK);
    assert_has(
        &a,
        "fact vhci-driver=1\nfact vhci-overflow=1\nfact vhci-nports=4\nblob vhci-status=hub port");
    assert_has(&a, "blob devices=port 0\nhub hs\nspeed 2\nstate 6\nbusid 1-1\ndevpath 1\n");
    assert_has(&a, "manufacturer FTDI\nproduct FT232R USB UART\nserial A1B2C3\n");
    assert_has(&a, "node /dev/ttyUSB0 c 1:3 - - -\n"); /* this /dev is not the VM's */
    assert_has(&a, "port 1\nhub hs\nspeed 0\nstate 7\nport 2\nhub ss\nspeed 5\nstate 6\n");
    assert_string_equal(vm.f.did, "");
    end(&vm, &a);
}

static void only_the_ports_that_are_named_are_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    vm.ports[1].state = 7;
    tree_publish(&vm.f, vm.ports);
    struct answer a = fake_run(&vm.f, "devices 1 3");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "blob devices=port 1\n");
    assert_has_not(&a, "port 0\n");
    end(&vm, &a);
}

/* So that `status` needs no other question. */
static void probe_tells_them_too(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    struct answer a = fake_run(&vm.f, "probe");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "blob devices=port 0\nhub hs\nspeed 2\nstate 6\nbusid 1-1\n");
    assert_has(&a, "node /dev/ttyUSB0 c 1:3 - - -\n");
    answer_done(&a);
    vm.ports[0].state = 4;
    tree_publish(&vm.f, vm.ports);
    a = fake_run(&vm.f, "probe");
    assert_has_not(&a, "blob devices");
    end(&vm, &a);
}

static void from_inside_files_and_users_are_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    fake_text(&vm.f, "/var/run/vhci_hcd/port0", "10.0.2.2 3240 3-2\n");
    tree_link(&vm.f, BY_ID, "../../ttyUSB0");
    process(&vm.f, 1, "mnt:[1]", "", "/dev/zero");
    process(&vm.f, 77, "mnt:[2]", "", "/dev/null");
    struct answer a = fake_run(&vm.f, "devices --enter");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(vm.f.did, "enter");
    assert_has(&a, "server 10.0.2.2 3240 3-2\n");
    assert_has(&a, "node /dev/ttyUSB0 c 1:3 0666 0 0\n");
    assert_has(&a, "link " BY_ID " /dev/ttyUSB0\n");
    assert_has(&a, "open /dev/ttyUSB0 77 minicom\n");
    assert_has_not(&a, "open /dev/ttyUSB0 1 ");
    end(&vm, &a);
}

/* By number, or by the name of the node where a file system has numbers of its own. */
static void mounts_of_every_namespace_are_told(void **state)
{
    static const char one[] = "20 1 0:5 / /proc rw - proc proc rw\n"
                              "25 1 8:1 / /mnt/a\\040b rw,relatime shared:1 - ext4 /dev/sda1 rw\n";
    static const char two[] = "31 2 0:44 /sub /data rw - btrfs /dev/sda rw\n"
                              "garbage\n\n";
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_storage);
    process(&vm.f, 1, "mnt:[1]", one, "/dev/zero");
    process(&vm.f, 5, "mnt:[1]", "99 1 8:1 / /twice rw - ext4 x rw\n", "/dev/zero");
    process(&vm.f, 300, "mnt:[2]", two, "/dev/zero");
    struct answer a = fake_run(&vm.f, "devices --enter");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "node /dev/sda b 8:0 - - -\nnode /dev/sda1 b 8:1 - - -\n");
    assert_has(&a, "mount /dev/sda1 /mnt/a b\n");
    assert_has(&a, "mount /dev/sda /data\n");
    assert_has_not(&a, "/twice");
    end(&vm, &a);
}

static void without_vhci_there_is_nothing_to_tell(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    fake_forget(&vm.f, "/sys");
    struct answer a = fake_run(&vm.f, "devices");
    assert_int_equal(a.code, UD_ERR_NOT_FOUND);
    assert_has(&a, "fact vhci-driver=0\n");
    end(&vm, &a);
}

/* What a device or the file system says of itself is anybody's. */
static void hostile_names_do_no_harm(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    tree_attribute(&vm.f, "product", "a\x1b]0;b\n");
    fake_text(&vm.f, TREE_TTY "/tty/ttyUSB0/uevent", "MAJOR=1\nMINOR=3\nDEVNAME=../etc/passwd\n");
    fake_text(&vm.f, "/var/run/vhci_hcd/port0", "a;b 3240 3-2\n");
    struct answer a = fake_run(&vm.f, "devices --enter");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "product a?]0;b\n");
    assert_has_not(&a, "passwd");
    assert_has_not(&a, "server");
    end(&vm, &a);
}

/* ---- detach ---- */

static void a_device_is_detached_and_all_of_it_goes(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    fake_text(&vm.f, "/var/run/vhci_hcd/port0", "10.0.2.2 3240 3-2\n");
    tree_link(&vm.f, BY_ID, "../../ttyUSB0");
    tree_link(&vm.f, "/dev/serial/by-path/other", "../../ttyS0");
    fake_text(&vm.f, "/dev/ttyS0", "");
    vm.lingers = 5;
    struct answer a = fake_run(&vm.f, "detach 0");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "blob devices=port 0\n"); /* what it was */
    assert_has(&a, "0 removed 0 \n");
    assert_string_equal(vm.f.did, "enter detach0");
    assert_false(tree_exists(&vm.f, "/var/run/vhci_hcd/port0"));
    assert_false(tree_exists(&vm.f, "/dev/serial/by-id"));
    assert_true(tree_exists(&vm.f, "/dev/serial/by-path/other"));
    end(&vm, &a);
}

static void a_free_port_is_fine(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    fake_text(&vm.f, "/var/run/vhci_hcd/port1", "10.0.2.2 3240 3-2\n");
    struct answer a = fake_run(&vm.f, "detach 1 99");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "blob devices=\n1 absent 0 \n99 absent 0 \n");
    assert_string_equal(vm.f.did, "enter");
    assert_false(tree_exists(&vm.f, "/var/run/vhci_hcd/port1"));
    end(&vm, &a);
}

static void an_open_node_keeps_its_device(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    process(&vm.f, 77, "mnt:[2]", "", "/dev/null");
    struct answer a = fake_run(&vm.f, "detach 0");
    assert_int_equal(a.code, UD_ERR_BUSY);
    assert_has(&a, "0 busy 0 /dev/ttyUSB0 is open in minicom (process 77)\n");
    assert_has(&a, "fact remedy=End what uses it");
    assert_string_equal(vm.f.did, "enter");
    end(&vm, &a);
}

static void a_mounted_disk_keeps_its_device_unless_forced(void **state)
{
    (void)state;
    for (int forced = 0; forced < 2; forced++) {
        struct vm vm;
        vm_init(&vm, tree_storage);
        process(&vm.f, 9, "mnt:[2]", "25 1 8:1 / /mnt rw - ext4 /dev/sda1 rw\n", "/dev/zero");
        struct answer a = fake_run(&vm.f, forced == 1 ? "detach --force 0" : "detach 0");
        assert_int_equal(a.code, forced == 1 ? UD_OK : UD_ERR_BUSY);
        assert_has(&a, forced == 1 ? "0 removed 0 \n" : "0 busy 0 /dev/sda1 is mounted on /mnt\n");
        end(&vm, &a);
    }
}

static void a_device_that_stays_is_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    fake_text(&vm.f, "/var/run/vhci_hcd/port0", "10.0.2.2 3240 3-2\n");
    vm.stays = true;
    struct answer a = fake_run(&vm.f, "detach 0");
    assert_int_equal(a.code, UD_ERR_REFUSED);
    assert_has(&a, "0 failed 0 the kernel did not detach the device from port 0: it is still "
                   "there\n");
    assert_in_range(vm.f.slept_ms, 4900, 5100);
    assert_true(tree_exists(&vm.f, "/var/run/vhci_hcd/port0"));
    end(&vm, &a);
}

static void a_kernel_that_denies_is_told(void **state)
{
    struct vm vm;
    (void)state;
    vm_init(&vm, tree_serial);
    vm.detach_errno = EROFS;
    struct answer a = fake_run(&vm.f, "detach 0");
    assert_int_equal(a.code, UD_ERR_DENIED);
    end(&vm, &a);
}

/* ---- links ---- */

static void words_are_as_udev_makes_them(void **state)
{
    static const struct {
        const char *text;
        const char *word;
    } rows[] = {
        {"FTDI", "FTDI"},
        {"  Silicon  Labs ", "Silicon_Labs"},
        {"CP2102 USB to UART Bridge Controller", "CP2102_USB_to_UART_Bridge_Controller"},
        {"a/b\\c$d", "a_b_c_d"},
        {"x#+-.:=@_y", "x#+-.:=@_y"},
        {"tab\there", "tab_here"},
        {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        {"bad\xff", "bad_"},
        {"", ""},
    };
    char word[64];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ud_links_word(rows[i].text, word, sizeof word);
        assert_string_equal(word, rows[i].word);
    }
    ud_links_word("0123456789", word, 5);
    assert_string_equal(word, "0123");
}

/* A node of a disk cannot be made here; its name can. */
static void disks_are_named_by_scsi(void **state)
{
    struct vm vm;
    struct ud_device_report report = {0};
    int why = 0;
    (void)state;
    vm_init(&vm, tree_storage);
    fake_text(&vm.f, "/dev/tty", "");
    struct ud_reported_device *device = ud_device_report_add(&report, 0);
    (void)snprintf(device->busid, sizeof device->busid, "1-1");
    (void)snprintf(device->serial, sizeof device->serial, "1-0000:00:04.7-4");
    for (int i = 0; i < 2; i++) {
        struct ud_report_node *node = ud_reported_add_node(device);
        (void)snprintf(node->path, sizeof node->path, i == 0 ? "/dev/sda" : "/dev/sda1");
        node->type = 'b';
        node->present = true;
    }
    assert_int_equal(ud_links_make(vm.f.root, device, &why), 0);
    assert_int_equal(device->link_count, 2);
    assert_link(&vm.f, "/dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_1-0000:00:04.7-4-0:0", "../../sda");
    assert_link(&vm.f, "/dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_1-0000:00:04.7-4-0:0-part1",
                "../../sda1");
    ud_links_remove(vm.f.root, device);
    assert_false(tree_exists(&vm.f, "/dev/disk"));
    ud_device_report_done(&report);
    fake_done(&vm.f);
}

/* Without texts the numbers name it; a serial number that is none of a device's own is left out. */
static void a_device_without_names_is_named_by_numbers(void **state)
{
    struct vm vm;
    struct ud_device_report report = {0};
    int why = 0;
    (void)state;
    vm_init(&vm, tree_serial);
    struct ud_reported_device *device = ud_device_report_add(&report, 0);
    (void)snprintf(device->busid, sizeof device->busid, "1-1");
    (void)snprintf(device->serial, sizeof device->serial, "a,b");
    device->vendor = 0x0403;
    device->product = 0x6001;
    struct ud_report_node *node = ud_reported_add_node(device);
    (void)snprintf(node->path, sizeof node->path, "/dev/ttyUSB0");
    node->type = 'c';
    node->present = true;
    assert_int_equal(ud_links_make(vm.f.root, device, &why), 0);
    assert_link(&vm.f, "/dev/serial/by-id/usb-0403_6001-if00-port0", "../../ttyUSB0");
    ud_device_report_done(&report);
    fake_done(&vm.f);
}

/* ---- aliases ---- */

static void aliases_of_files_and_of_built_in_code_are_found(void **state)
{
    static const char modinfo[] = "usbserial.alias=usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*\0"
                                  "usbcore.license=GPL\0"
                                  "sd_mod.alias=scsi:t-0x00*";
    struct fake f;
    struct utsname uts;
    char path[160];
    (void)state;
    fake_init(&f);
    assert_int_equal(uname(&uts), 0);
    (void)snprintf(path, sizeof path, "/lib/modules/%s/modules.alias", uts.release);
    fake_text(&f, path,
              "# Aliases\n"
              "alias usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in* ftdi_sio\n"
              "alias usb:v0403p6001d*dc*dsc*dp*icFFisc*ip*in* ftdi_sio\n"
              "alias usb:v1234p*d*dc*dsc*dp*ic*isc*ip*in* another");
    (void)snprintf(path, sizeof path, "/lib/modules/%s/modules.builtin.modinfo", uts.release);
    fake_write(&f, path, modinfo, sizeof modinfo);
    fake_text(&f, "/sys/module/ftdi_sio/initstate", "live\n");
    struct answer a =
        fake_run(&f, "aliases --enter usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00"
                     " usb:v9999p0001d0000dc00dsc00dp00icFFiscFFipFFin00 scsi:t-0x00"
                     " usb:v1234p0001d0000dc00dsc00dp00icFFiscFFipFFin00 -- ftdi_sio usb-storage");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(f.did, "enter");
    assert_string_equal(a.text.data, "fact alias:0=ftdi_sio\n"
                                     "fact module:ftdi_sio=loaded\n"
                                     "fact alias:0=usbserial\n"
                                     "fact module:usbserial=built-in\n"
                                     "fact alias:2=sd_mod\n"
                                     "fact module:sd_mod=built-in\n"
                                     "fact alias:3=another\n"
                                     "fact module:another=absent\n"
                                     "fact module:usb-storage=absent\n");
    answer_done(&a);
    fake_done(&f);
}

static void a_vm_without_modules_has_no_aliases(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    struct answer a = fake_run(&f, "aliases usb:v0403p6001");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(a.text.data, "");
    assert_string_equal(f.did, "");
    answer_done(&a);
    fake_done(&f);
}

static void arguments_are_checked(void **state)
{
    static const char *const lines[] = {"detach x",         "detach 4000",
                                        "detach -1",        "devices x",
                                        "devices -- 1",     "aliases",
                                        "aliases x",        "aliases usb:",
                                        "aliases usb:a/b",  "aliases -- x",
                                        "settle",           "settle x",
                                        "settle 0 1",       "aliases usb:a -- b/c",
                                        "settle --mode 9 0"};
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_used_ports_are_told),
        cmocka_unit_test(only_the_ports_that_are_named_are_told),
        cmocka_unit_test(probe_tells_them_too),
        cmocka_unit_test(from_inside_files_and_users_are_told),
        cmocka_unit_test(mounts_of_every_namespace_are_told),
        cmocka_unit_test(without_vhci_there_is_nothing_to_tell),
        cmocka_unit_test(hostile_names_do_no_harm),
        cmocka_unit_test(a_device_is_detached_and_all_of_it_goes),
        cmocka_unit_test(a_free_port_is_fine),
        cmocka_unit_test(an_open_node_keeps_its_device),
        cmocka_unit_test(a_mounted_disk_keeps_its_device_unless_forced),
        cmocka_unit_test(a_device_that_stays_is_told),
        cmocka_unit_test(a_kernel_that_denies_is_told),
        cmocka_unit_test(words_are_as_udev_makes_them),
        cmocka_unit_test(disks_are_named_by_scsi),
        cmocka_unit_test(a_device_without_names_is_named_by_numbers),
        cmocka_unit_test(aliases_of_files_and_of_built_in_code_are_found),
        cmocka_unit_test(a_vm_without_modules_has_no_aliases),
        cmocka_unit_test(arguments_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
