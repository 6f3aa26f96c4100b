/* A server with three devices; a VM to which one is attached, or which has nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/attach/attach.h"
#include "fake_data.h"
#include "util/mem.h"

static enum ud_code fake_unreachable(struct ud_error *err)
{
    return ud_fail(err, UD_ERR_UNREACHABLE, "Start the server there, or name another one with -r.",
                   "no USB/IP server answers: 10.0.2.2:3240 refused the connection, tried from "
                   "10.0.2.15");
}

static void fake_find(struct ud_found_drivers *drivers, const char *module,
                      enum ud_driver_place place)
{
    drivers->items = ud_realloc(drivers->items, drivers->count + 1, sizeof *drivers->items);
    drivers->items[drivers->count++] =
        (struct ud_found_driver){.module = ud_strdup(module), .place = place};
}

void ud_listing_done(struct ud_listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        free(listing->devices[i].vendor);
        free(listing->devices[i].product);
        free(listing->devices[i].kind);
        ud_found_drivers_done(&listing->devices[i].drivers);
    }
    free(listing->devices);
    free(listing->server);
}

static struct ud_listed_device fake_listed(const char *busid, uint16_t vendor, uint16_t product,
                                           uint32_t speed, const char *maker, const char *name)
{
    struct ud_listed_device listed = {
        .device = {.vendor = vendor, .product = product, .speed = speed, .interface_count = 1},
        .vendor = ud_strdup(maker),
        .product = ud_strdup(name),
        .kind = ud_strdup("Vendor Specific Class"),
    };
    (void)snprintf(listed.device.busid, sizeof listed.device.busid, "%s", busid);
    return listed;
}

enum ud_code ud_app_list(const struct ud_app *app, const struct ud_list_options *options,
                         struct ud_listing *ret, struct ud_error *err)
{
    (void)app;
    if (ud_fake_scenario("fails")) {
        return fake_unreachable(err);
    }
    *ret = (struct ud_listing){
        .server = ud_strdup(options->remote != NULL ? options->remote : "10.0.2.2:3240")};
    if (ud_fake_scenario("loaded")) {
        ret->count = 3;
        ret->devices = ud_alloc(3, sizeof *ret->devices);
        ret->devices[0] =
            fake_listed("1-1", 0x0403, 0x6001, UD_USBIP_SPEED_FULL,
                        "Future Technology Devices International, Ltd", "FT232 Serial (UART) IC");
        ret->devices[0].attached = true;
        ret->devices[1] = fake_listed("1-1.4.2", 0x10c4, 0xea60, UD_USBIP_SPEED_FULL,
                                      "Silicon Labs", "CP210x UART Bridge");
        fake_find(&ret->devices[1].drivers, "cp210x", UD_DRIVER_IN_VM);
        fake_find(&ret->devices[1].drivers, "cp210x_ours", UD_DRIVER_IN_DIST);
        ret->devices[2] = fake_listed("2-1", 0x1234, 0xabcd, UD_USBIP_SPEED_SUPER, "", "");
    }
    return UD_OK;
}

void ud_fake_fill_device(struct ud_device_report *report, bool driver)
{
    struct ud_reported_device *device = ud_device_report_add(report, 0);
    (void)snprintf(device->hub, sizeof device->hub, "hs");
    (void)snprintf(device->busid, sizeof device->busid, "1-1");
    (void)snprintf(device->server_host, sizeof device->server_host, "10.0.2.2");
    (void)snprintf(device->server_busid, sizeof device->server_busid, "1-1");
    (void)snprintf(device->manufacturer_name, sizeof device->manufacturer_name, "QEMU");
    (void)snprintf(device->product_name, sizeof device->product_name, "QEMU USB SERIAL");
    device->server_port = 3240;
    device->speed = UD_USBIP_SPEED_FULL;
    device->ids_known = true;
    device->vendor = 0x0403;
    device->product = 0x6001;
    device->configured = true;
    struct ud_report_interface *interface = ud_reported_add_interface(device);
    (void)snprintf(interface->modalias, sizeof interface->modalias,
                   "usb:v0403p6001d0400dc00dsc00dp00icFFiscFFipFFin00");
    struct ud_report_node *node = ud_reported_add_node(device);
    *node = (struct ud_report_node){
        .type = 'c', .major = 189, .minor = 1, .present = true, .mode = 0664};
    (void)snprintf(node->path, sizeof node->path, "/dev/bus/usb/001/002");
    if (driver) {
        (void)snprintf(interface->driver, sizeof interface->driver, "ftdi_sio");
        node = ud_reported_add_node(device);
        *node = (struct ud_report_node){
            .type = 'c', .major = 188, .present = true, .mode = 0660, .gid = 20};
        (void)snprintf(node->path, sizeof node->path, "/dev/ttyUSB0");
        struct ud_report_link *link = ud_reported_add_link(device);
        (void)snprintf(link->path, sizeof link->path,
                       "/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL-if00-port0");
        (void)snprintf(link->target, sizeof link->target, "/dev/ttyUSB0");
    }
}

/* A disk has more nodes than programs open. */
static void fake_add_disk(struct ud_reported_device *device)
{
    static const char *const paths[] = {"/dev/bsg/2:0:0:0", "/dev/sg0", "/dev/sda", "/dev/sda1"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct ud_report_node *node = ud_reported_add_node(device);
        *node = (struct ud_report_node){
            .type = i < 2 ? 'c' : 'b', .present = true, .mode = 0660, .gid = 6};
        (void)snprintf(node->path, sizeof node->path, "%s", paths[i]);
    }
}

enum ud_code ud_app_attach(const struct ud_app *app, const struct ud_attach_options *options,
                           struct ud_attached *ret, struct ud_error *err)
{
    (void)app;
    (void)options;
    if (ud_fake_scenario("fails")) {
        return ud_fail(err, UD_ERR_BUSY,
                       "On the server, stop what uses it: usbipd bind --force --busid 1-1.",
                       "the server 10.0.2.2:3240 has 1-1 in use");
    }
    bool driver = ud_fake_scenario("loaded");
    *ret = (struct ud_attached){.server = ud_strdup("10.0.2.2:3240")};
    ud_fake_fill_device(&ret->report, driver);
    if (ud_fake_scenario("disk")) {
        fake_add_disk(&ret->report.devices[0]);
    } else if (driver) {
        ud_strv_add(&ret->loaded, "usbserial");
        ud_strv_add(&ret->loaded, "ftdi_sio");
    } else {
        ud_strv_add(&ret->missing, "usb:v0403p6001d0400dc00dsc00dp00icFFiscFFipFFin00");
        ud_strv_add(&ret->children, "input:b0003v0627p0001e0001-e0,1,4,11,14,k71,72,73,74,75,77");
    }
    return UD_OK;
}

void ud_ports_done(struct ud_ports *ports)
{
    ud_device_report_done(&ports->report);
}

enum ud_code ud_app_ports(const struct ud_app *app, const struct ud_ports_options *options,
                          struct ud_ports *ret, struct ud_error *err)
{
    (void)app;
    (void)options;
    (void)err;
    *ret = (struct ud_ports){.vhci = ud_fake_scenario("loaded")};
    if (ret->vhci) {
        ret->all_hs = ret->all_ss = ret->free_ss = 8;
        ret->free_hs = 7;
        ud_fake_fill_device(&ret->report, true);
    }
    return UD_OK;
}

void ud_detached_done(struct ud_detached *detached)
{
    for (size_t i = 0; i < detached->count; i++) {
        free(detached->ports[i].device);
    }
    free(detached->ports);
}

enum ud_code ud_app_detach(const struct ud_app *app, const struct ud_detach_options *options,
                           struct ud_detached *ret, struct ud_error *err)
{
    (void)app;
    if (ud_fake_scenario("fails") && !options->force) {
        return ud_fail(err, UD_ERR_BUSY, "Unmount it and close what uses it, or add --force.",
                       "not detached: port 0: /dev/sda1 is mounted at /mnt");
    }
    *ret = (struct ud_detached){0};
    if (!ud_fake_scenario("missing")) {
        ret->ports = ud_alloc(1, sizeof *ret->ports);
        ret->ports[ret->count++] =
            (struct ud_detached_port){.device = ud_strdup("0403:6001 QEMU USB SERIAL")};
    }
    return UD_OK;
}

/* ---- drivers ---- */

static struct ud_driver_wanted fake_wanted(const char *modalias, const char *driver)
{
    return (struct ud_driver_wanted){.modalias = ud_strdup(modalias), .driver = ud_strdup(driver)};
}

/* An adapter whose driver was built, and a stick whose disk has one in the VM and a second
 * interface that nothing is known of. */
static void fake_fill_drivers(struct ud_drivers_told *told)
{
    told->count = 2;
    told->devices = ud_alloc(told->count, sizeof *told->devices);
    told->devices[0] = (struct ud_device_drivers){
        .ids = ud_strdup("0403:6001"), .name = ud_strdup(""), .count = 1};
    told->devices[0].wanted = ud_alloc(1, sizeof *told->devices[0].wanted);
    told->devices[0].wanted[0] =
        fake_wanted("usb:v0403p6001d0000dc00dsc00dp00ic00isc00ip00in00", "");
    fake_find(&told->devices[0].wanted[0].found, "ftdi_sio", UD_DRIVER_IN_DIST);
    struct ud_device_drivers *stick = &told->devices[1];
    *stick = (struct ud_device_drivers){.ids = ud_strdup("46f4:0001"),
                                        .name = ud_strdup("QEMU QEMU USB HARDDRIVE"),
                                        .attached = true,
                                        .port = 1,
                                        .count = 4};
    stick->wanted = ud_alloc(stick->count, sizeof *stick->wanted);
    stick->wanted[0] =
        fake_wanted("usb:v46F4p0001d0000dc00dsc00dp00ic08isc06ip50in00", "usb-storage");
    fake_find(&stick->wanted[0].found, "usb-storage", UD_DRIVER_LOADED);
    stick->wanted[1] = fake_wanted("usb:v46F4p0001d0000dc00dsc00dp00icFFisc00ip00in01", "");
    stick->wanted[2] = fake_wanted("scsi:t-0x00", "");
    stick->wanted[2].is_child = true;
    fake_find(&stick->wanted[2].found, "sd_mod", UD_DRIVER_IN_VM);
    stick->wanted[3] = fake_wanted("mdio:00000000001000100001010100010011", "");
    stick->wanted[3].is_child = true;
}

enum ud_code ud_app_drivers(const struct ud_app *app, const struct ud_drivers_options *options,
                            struct ud_drivers_told *ret, struct ud_error *err)
{
    (void)app;
    if (ud_fake_scenario("fails")) {
        return fake_unreachable(err);
    }
    *ret = (struct ud_drivers_told){0};
    if (ud_fake_scenario("loaded")) {
        fake_fill_drivers(ret);
    } else if (options->devices.len > 0) {
        ret->count = 1;
        ret->devices = ud_alloc(1, sizeof *ret->devices);
        ret->devices[0] = (struct ud_device_drivers){
            .ids = ud_strdup(options->devices.items[0]), .name = ud_strdup(""), .count = 1};
        ret->devices[0].wanted = ud_alloc(1, sizeof *ret->devices[0].wanted);
        ret->devices[0].wanted[0] =
            fake_wanted("usb:v1234pABCDd0000dc00dsc00dp00ic00isc00ip00in00", "");
        ret->devices[0].wanted[0].is_open = true;
    }
    return UD_OK;
}
