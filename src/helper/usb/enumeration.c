#include "usb/enumeration.h"

#include <stdio.h>
#include <string.h>

#include "proto/check.h"
#include "sys/usb_log.h"
#include "sys/vhci.h"
#include "sys/waiting.h"
#include "usb/access.h"
#include "usb/ports.h"
#include "usb/usb_device.h"
#include "util/patience.h"

/* ---- configured ---- */

/* As many interfaces as the configuration has. */
static bool has_interfaces(const char *root, const char *busid)
{
    char text[32];
    uint32_t count;
    struct ud_device_report report = {0};
    if (!ud_usb_attribute(root, busid, "bNumInterfaces", text, sizeof text)) {
        return false;
    }
    /* The kernel pads it to two places. */
    struct ud_slice number = ud_slice_trim(ud_slice_of(text));
    char plain[16];
    (void)snprintf(plain, sizeof plain, "%.*s", (int)(number.len < 15 ? number.len : 15),
                   number.ptr);
    struct ud_reported_device *device = ud_device_report_add(&report, 0);
    (void)snprintf(device->busid, sizeof device->busid, "%s", busid);
    bool there = ud_usb_describe(root, device) && ud_check_number(plain, 255, &count) &&
                 device->interface_count >= count;
    ud_device_report_done(&report);
    return there;
}

static bool is_ready(struct ud_plug *plug, const struct ud_vhci_port *port)
{
    const char *root = plug->helper->root;
    char text[32];
    if (port->state != UD_VHCI_USED || port->devid != plug->devid ||
        !ud_usb_busid_plain(port->busid)) {
        return false;
    }
    (void)snprintf(plug->busid, sizeof plug->busid, "%s", port->busid);
    if (ud_usb_attribute(root, plug->busid, "authorized", text, sizeof text) &&
        strcmp(text, "0") == 0) {
        return true;
    }
    return ud_usb_attribute(root, plug->busid, "bConfigurationValue", text, sizeof text) &&
           text[0] != '\0' && strcmp(text, "0") != 0 && has_interfaces(root, plug->busid);
}

/* The kernel's last word, drivers/usb/core/hub.c: the port stays as it is after it. */
static bool was_given_up(struct ud_plug *plug, const char *name)
{
    ud_usb_log_read(plug->helper->kernel, &plug->log);
    for (size_t i = 0; name[0] != '\0' && i < plug->log.len; i++) {
        if (strstr(plug->log.items[i], name) != NULL &&
            strstr(plug->log.items[i], "unable to enumerate USB device") != NULL) {
            return true;
        }
    }
    return false;
}

static enum ud_code not_ready(struct ud_plug *plug, const char *how, struct ud_error *err)
{
    ud_usb_log_read(plug->helper->kernel, &plug->log);
    ud_usb_log_send(plug->helper->emit, &plug->log);
    return ud_fail(err, UD_ERR_REFUSED,
                   "Look at the kernel's words above and at the server's log; plug the device in "
                   "again there.",
                   "the kernel took the device on port %lu, and %s; it was detached again",
                   (unsigned long)plug->port, how);
}

enum ud_code ud_enumeration_await(struct ud_plug *plug, struct ud_vhci_port *ret,
                                  struct ud_error *err)
{
    const struct ud_kernel *kernel = plug->helper->kernel;
    struct ud_wait wait = ud_wait_begin(kernel, UD_PATIENCE_ENUMERATE_MS);
    const struct ud_vhci_port asked = {.port = plug->port};
    struct ud_vhci_port port = asked;
    char name[40] = "";
    (void)snprintf(port.hub, sizeof port.hub, "%s", plug->hub);
    if (ud_ports_log_name(plug->helper->root, &port, name)) {
        (void)strncat(name, ":", 2); /* usb1-port1, not usb1-port10 */
    }
    do {
        port.state = UD_VHCI_RESERVED;
        if (kernel->stopped(kernel->ctx)) {
            return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted; the device was detached");
        }
        (void)ud_vhci_port(plug->helper->root, plug->port, &port);
        if (is_ready(plug, &port)) {
            *ret = port;
            return UD_OK;
        }
        if (port.state == UD_VHCI_FREE || port.state == UD_VHCI_ERROR) {
            return not_ready(plug, "the connection ended before it was configured", err);
        }
        if (was_given_up(plug, name)) {
            return not_ready(plug, "could not find out what it is", err);
        }
    } while (ud_wait_next(&wait));
    char how[96];
    (void)snprintf(how, sizeof how, "did not configure it within %d s",
                   UD_PATIENCE_ENUMERATE_MS / 1000);
    return not_ready(plug, how, err);
}

/* ---- given up ---- */

/* Whether the kernel has begun with a device and not come to an end with it, by what
 * drivers/usb/core/hub.c says. */
static bool is_held(const struct ud_strv *log)
{
    bool held = false;
    for (size_t i = 0; i < log->len; i++) {
        const char *line = log->items[i];
        if (strstr(line, " USB device number ") != NULL &&
            strstr(line, " using vhci_hcd") != NULL) {
            held = true;
        } else if (strstr(line, ": USB disconnect, device number ") != NULL ||
                   strstr(line, ": unable to enumerate USB device") != NULL) {
            held = false;
        }
    }
    return held;
}

void ud_enumeration_let_go(struct ud_plug *plug)
{
    const struct ud_kernel *kernel = plug->helper->kernel;
    struct ud_wait wait = ud_wait_begin(kernel, UD_PATIENCE_LET_GO_MS);
    do {
        ud_usb_log_read(kernel, &plug->log);
    } while (is_held(&plug->log) && !kernel->stopped(kernel->ctx) && ud_wait_next(&wait));
}

/* ---- drivers ---- */

struct settle_state {
    size_t interfaces;
    size_t drivers;
    size_t children; /* that no driver serves */
    size_t nodes;
    bool waits_for_disk; /* its driver is there, and neither the disk nor what becomes one is */
    bool has_disk;       /* whose partitions come a little later */
};

static void settle_look(const char *root, const char *busid, struct settle_state *ret)
{
    struct ud_device_report report = {0};
    struct ud_reported_device *device = ud_device_report_add(&report, 0);
    bool storage = false;
    bool disk = false;
    *ret = (struct settle_state){0};
    (void)snprintf(device->busid, sizeof device->busid, "%s", busid);
    if (ud_usb_describe(root, device)) {
        ud_usb_add_below(root, true, device);
    }
    for (size_t i = 0; i < device->interface_count; i++) {
        const char *driver = device->interfaces[i].driver;
        ret->drivers += driver[0] != '\0';
        storage = storage || strcmp(driver, "usb-storage") == 0 || strcmp(driver, "uas") == 0;
    }
    for (size_t i = 0; i < device->node_count; i++) {
        disk = disk || device->nodes[i].type == 'b'; /* with or without a node in /dev */
        ret->nodes += device->nodes[i].present ? 1 : 0;
    }
    ret->interfaces = device->interface_count;
    ret->children = device->children.len;
    ret->waits_for_disk = storage && !disk && ret->children == 0;
    ret->has_disk = disk;
    ud_device_report_done(&report);
}

static bool settle_is_same(const struct settle_state *a, const struct settle_state *b)
{
    return a->interfaces == b->interfaces && a->drivers == b->drivers &&
           a->children == b->children && a->nodes == b->nodes;
}

void ud_enumeration_settle(const struct ud_helper *helper, const char *busid)
{
    const struct ud_kernel *kernel = helper->kernel;
    const unsigned patience =
        ud_access_has_udev(helper->root) ? UD_PATIENCE_SETTLE_MS : UD_PATIENCE_SETTLE_ALONE_MS;
    struct ud_wait wait = ud_wait_begin(kernel, UD_PATIENCE_DISK_MS);
    struct ud_wait quiet = ud_wait_begin(kernel, patience);
    struct settle_state before;
    settle_look(helper->root, busid, &before);
    while (!kernel->stopped(kernel->ctx) && ud_wait_next(&wait)) {
        struct settle_state now;
        settle_look(helper->root, busid, &now);
        if (!settle_is_same(&now, &before)) {
            quiet = ud_wait_begin(kernel, patience);
        }
        quiet.slept_ms += UD_PATIENCE_DEVICE_POLL_MS;
        bool all = now.drivers == now.interfaces && now.children == 0 &&
                   settle_is_same(&now, &before) &&
                   (!now.has_disk || quiet.slept_ms >= UD_PATIENCE_SETTLE_ALONE_MS);
        if (!now.waits_for_disk &&
            (all || quiet.slept_ms >= patience || wait.slept_ms >= UD_PATIENCE_DRIVERS_MS)) {
            return;
        }
        before = now;
    }
}
