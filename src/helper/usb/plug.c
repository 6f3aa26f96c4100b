#include "usb/plug.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "proto/fact.h"
#include "proto/ops.h"
#include "sys/sysfile.h"
#include "sys/usb_log.h"
#include "sys/vhci.h"
#include "sys/waiting.h"
#include "usb/enumeration.h"
#include "usb/links.h"
#include "usb/ports.h"
#include "usb/usb_device.h"
#include "usbip/device.h"
#include "util/patience.h"

void ud_plug_done(struct ud_plug *plug)
{
    ud_strv_done(&plug->log);
    ud_device_report_done(&plug->made);
}

/* ---- before ---- */

void ud_plug_sweep(const char *root)
{
    struct ud_buf buf;
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    ud_buf_init(&buf, UD_VHCI_STATUS_MAX);
    if (ud_vhci_status(root, &buf) == 0) {
        ud_vhci_reader_init(&reader, (struct ud_slice){buf.data, buf.len});
        while (ud_vhci_reader_next(&reader, &port)) {
            if (port.state == UD_VHCI_FREE) {
                ud_port_file_remove(root, port.port);
            }
        }
    }
    ud_buf_done(&buf);
    if (!ud_access_has_udev(root)) {
        ud_links_sweep(root);
    }
}

static bool plug_is_same(const struct ud_port_file *file, char **addresses, size_t count,
                         uint32_t tcp_port, const char *busid)
{
    if (file->port != tcp_port || strcmp(file->busid, busid) != 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(file->host, addresses[i]) == 0) {
            return true;
        }
    }
    return false;
}

static enum ud_code plug_is_there(const struct ud_plug *plug, const struct ud_vhci_port *port,
                                  const struct ud_port_file *file, struct ud_error *err)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%lu", (unsigned long)port->port);
    ud_emit_fact(plug->helper->emit, UD_FACT_PORT, number);
    return ud_fail(err, UD_ERR_BUSY, "Detach it first, if it does not work any more.",
                   "device %s of %s port %lu is attached already: on port %s of vhci_hcd, as %s",
                   file->busid, file->host, (unsigned long)file->port, number,
                   port->state == UD_VHCI_USED ? port->busid : "a device that is not ready");
}

enum ud_code ud_plug_check(const struct ud_plug *plug, char **addresses, size_t count,
                           uint32_t tcp_port, const char *busid, struct ud_error *err)
{
    const char *root = plug->helper->root;
    struct ud_buf buf;
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    enum ud_code rc = UD_OK;
    ud_plug_sweep(root);
    ud_buf_init(&buf, UD_VHCI_STATUS_MAX);
    int why = ud_vhci_status(root, &buf);
    if (why != 0) {
        rc = ud_ports_unreadable(why, err);
    }
    ud_vhci_reader_init(&reader, (struct ud_slice){buf.data, why == 0 ? buf.len : 0});
    while (rc == UD_OK && ud_vhci_reader_next(&reader, &port)) {
        struct ud_port_file file;
        if (port.state != UD_VHCI_FREE && ud_port_file_read(root, port.port, &file) &&
            (!file.devid_known || port.state != UD_VHCI_USED || file.devid == port.devid) &&
            plug_is_same(&file, addresses, count, tcp_port, busid)) {
            rc = plug_is_there(plug, &port, &file, err);
        }
    }
    ud_buf_done(&buf);
    return rc;
}

/* ---- onto a port ---- */

static enum ud_code plug_choose(struct ud_plug *plug, const char *hub, uint32_t from,
                                struct ud_error *err)
{
    struct ud_vhci_choice ports;
    struct ud_vhci_choice others = {0};
    bool super = strcmp(hub, "ss") == 0;
    int why = ud_vhci_free_ports(plug->helper->root, hub, from, &ports);
    if (why != 0) {
        return ud_ports_unreadable(why, err);
    }
    if (ports.free > 0) {
        plug->port = ports.port;
        (void)snprintf(plug->hub, sizeof plug->hub, "%s", hub);
        return UD_OK;
    }
    (void)ud_vhci_free_ports(plug->helper->root, super ? "hs" : "ss", 0, &others);
    return ud_fail(err, UD_ERR_BUSY,
                   "Detach a device, or build the module with more ports: `usbipd-desktop build "
                   "--ports 15 --controllers 2`.",
                   "all %lu USB %d ports of vhci_hcd are in use (%lu USB %d ones are free, which "
                   "this device cannot use)",
                   (unsigned long)ports.all, super ? 3 : 2, (unsigned long)others.free,
                   super ? 2 : 3);
}

static enum ud_code plug_refused(struct ud_plug *plug, int why, struct ud_error *err)
{
    bool denied = why == EACCES || why == EPERM || why == EROFS;
    ud_usb_log_read(plug->helper->kernel, &plug->log);
    ud_usb_log_send(plug->helper->emit, &plug->log);
    return ud_fail(err, denied ? UD_ERR_DENIED : UD_ERR_REFUSED, NULL,
                   "the kernel did not take the device on port %lu: %s", (unsigned long)plug->port,
                   strerror(why));
}

/* The speed for this kernel. Distributions change kernels without changing their version, so
 * that it is tried again with the next lower one if this is refused. */
static enum ud_code plug_speed(const struct ud_plug *plug, uint32_t *ret, struct ud_error *err)
{
    struct utsname uts;
    char *end = NULL;
    if (uname(&uts) != 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "the kernel does not tell its version");
    }
    unsigned long major = strtoul(uts.release, &end, 10);
    unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
    return ud_usbip_speed_for(plug->speed, (unsigned)major, (unsigned)minor, ret, err);
}

/* Somebody else may take the chosen port meanwhile: then the next. */
static enum ud_code plug_attach(struct ud_plug *plug, int fd, struct ud_error *err)
{
    const struct ud_kernel *kernel = plug->helper->kernel;
    uint32_t from = 0;
    uint32_t speed;
    UD_TRY(plug_speed(plug, &speed, err));
    for (;;) {
        UD_TRY(plug_choose(plug, ud_usbip_speed_hub(speed), from, err));
        int why = kernel->attach(kernel->ctx, plug->port, fd, plug->devid, speed);
        if (why == EINVAL && speed == UD_USBIP_SPEED_SUPER_PLUS) {
            speed = UD_USBIP_SPEED_SUPER;
        } else if (why == EBUSY) {
            from = plug->port + 1;
        } else {
            return why == 0 ? UD_OK : plug_refused(plug, why, err);
        }
    }
}

/* ---- what is made for it ---- */

/* Whether the kernel makes nodes in the VM's /dev. */
static void plug_tell_devtmpfs(const struct ud_plug *plug)
{
    struct ud_buf buf;
    struct ud_slice line;
    bool found = false;
    ud_buf_init(&buf, 1024 * 1024);
    if (ud_sysfile_read(plug->helper->root, "/proc/self/mounts", &buf) == 0) {
        struct ud_slice rest = {buf.data, buf.len};
        while (ud_str_next_line(&rest, &line)) {
            found = found || memmem(line.ptr, line.len, " /dev devtmpfs ", 15) != NULL;
        }
        ud_emit_fact(plug->helper->emit, UD_FACT_DEVTMPFS, found ? "1" : "0");
    }
    ud_buf_done(&buf);
}

static void plug_keep_awake(const struct ud_plug *plug)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/sys/bus/usb/devices/%s/power/control", plug->busid);
    (void)ud_sysfile_write(plug->helper->root, path, "on"); /* there is none without CONFIG_PM */
}

static void plug_finish(struct ud_plug *plug, const struct ud_vhci_port *port)
{
    struct ud_device_report *report = &plug->made;
    const char *root = plug->helper->root;
    char number[16];
    plug_keep_awake(plug);
    plug->server.devid = plug->devid;
    int why = ud_port_file_write(root, plug->port, &plug->server);
    if (why != 0) {
        char text[512];
        (void)snprintf(text, sizeof text, "cannot note where the device comes from in %s: %s",
                       UD_PORT_FILE_DIR, strerror(why));
        ud_emit_fact(plug->helper->emit, UD_FACT_WARNING, text);
    }
    ud_ports_add(root, true, port, report);
    if (report->count > 0) {
        ud_access_give(plug->helper, &plug->access, &report->devices[0]);
    }
    (void)snprintf(number, sizeof number, "%lu", (unsigned long)plug->port);
    ud_emit_fact(plug->helper->emit, UD_FACT_PORT, number);
    plug_tell_devtmpfs(plug);
    ud_ports_send(plug->helper->emit, report);
}

enum ud_code ud_plug_in(struct ud_plug *plug, int fd, struct ud_error *err)
{
    const struct ud_kernel *kernel = plug->helper->kernel;
    struct ud_vhci_port port;
    kernel->log_mark(kernel->ctx);
    UD_TRY(plug_attach(plug, fd, err));
    enum ud_code rc = ud_enumeration_await(plug, &port, err);
    if (rc == UD_OK) {
        ud_enumeration_settle(plug->helper, plug->busid);
        plug_finish(plug, &port);
        if (kernel->stopped(kernel->ctx) || ud_emit_gone(plug->helper->emit)) {
            rc = ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted; the device was detached");
        }
    }
    if (rc != UD_OK) {
        if (ud_plug_undo(plug, NULL) != UD_OK) {
            ud_error_prefix(err, "port %lu of vhci_hcd stays in use, after this",
                            (unsigned long)plug->port);
        } else {
            ud_enumeration_let_go(plug);
        }
    }
    return rc;
}

/* ---- off a port ---- */

static bool plug_is_gone(const char *root, uint32_t number, const char *busid, const char *devnum)
{
    struct ud_vhci_port port;
    char now[32];
    if (ud_vhci_port(root, number, &port) == 0 && port.state != UD_VHCI_FREE) {
        return false;
    }
    return busid[0] == '\0' || !ud_usb_attribute(root, busid, "devnum", now, sizeof now) ||
           strcmp(now, devnum) != 0;
}

static enum ud_code plug_stays(uint32_t number, int why, struct ud_error *err)
{
    bool denied = why == EACCES || why == EPERM || why == EROFS;
    return ud_fail(err, denied ? UD_ERR_DENIED : UD_ERR_REFUSED, NULL,
                   "the kernel did not detach the device from port %lu: %s", (unsigned long)number,
                   why != 0 ? strerror(why) : "it is still there");
}

/* Waits until the port is free and the device's files are gone, and removes what was made for
 * the device, which may be NULL or have no busid. Whether somebody interrupts or not. why is what
 * came of detaching. */
static enum ud_code plug_clear(struct ud_helper *helper, uint32_t number, int why,
                               const struct ud_reported_device *device, struct ud_error *err)
{
    const char *busid = device != NULL ? device->busid : "";
    char devnum[32] = "";
    if (busid[0] != '\0') {
        (void)snprintf(devnum, sizeof devnum, "%lu", (unsigned long)device->devnum);
    }
    struct ud_vhci_port port;
    if (why != 0 && ud_vhci_port(helper->root, number, &port) == 0 && port.state == UD_VHCI_FREE) {
        why = 0; /* the kernel was faster: its files go in a moment, as after detaching */
    }
    struct ud_wait wait = ud_wait_begin(helper->kernel, UD_PATIENCE_DETACH_MS);
    bool gone = plug_is_gone(helper->root, number, busid, devnum);
    while (!gone && why == 0 && ud_wait_next(&wait)) {
        gone = plug_is_gone(helper->root, number, busid, devnum);
    }
    if (!gone) {
        return plug_stays(number, why, err);
    }
    if (device != NULL) {
        ud_links_remove(helper->root, device);
    }
    ud_port_file_remove(helper->root, number);
    return UD_OK;
}

/* A port that is free was freed by the kernel meanwhile, which refuses to detach it then. */
enum ud_code ud_plug_out(struct ud_helper *helper, uint32_t number, struct ud_error *err)
{
    const struct ud_kernel *kernel = helper->kernel;
    struct ud_device_report report = {0};
    struct ud_vhci_port port;
    int why = ud_vhci_port(helper->root, number, &port);
    if (why != 0) {
        return plug_stays(number, why, err);
    }
    if (port.state != UD_VHCI_FREE) {
        ud_ports_add(helper->root, true, &port, &report);
        why = kernel->detach(kernel->ctx, number);
    }
    enum ud_code rc =
        plug_clear(helper, number, why, report.count > 0 ? &report.devices[0] : NULL, err);
    ud_device_report_done(&report);
    return rc;
}

/* The line of a port has its device only once that has an address. */
static bool plug_holds_port(const struct ud_plug *plug, const struct ud_vhci_port *port)
{
    return port->state == UD_VHCI_USED ? port->devid == plug->devid
                                       : port->state != UD_VHCI_FREE && plug->made.count == 0;
}

/* If the kernel let go of the device, somebody else may have the port by now. */
enum ud_code ud_plug_undo(struct ud_plug *plug, struct ud_error *err)
{
    struct ud_helper *helper = plug->helper;
    const struct ud_reported_device *device = plug->made.count > 0 ? plug->made.devices : NULL;
    struct ud_vhci_port port;
    int why = ud_vhci_port(helper->root, plug->port, &port);
    if (why != 0) {
        return plug_stays(plug->port, why, err);
    }
    if (plug_holds_port(plug, &port)) {
        why = helper->kernel->detach(helper->kernel->ctx, plug->port);
    } else if (port.state != UD_VHCI_FREE) {
        if (device != NULL) {
            ud_links_remove(helper->root, device);
        }
        return UD_OK;
    }
    return plug_clear(helper, plug->port, why, device, err);
}
