#include "usb/ports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "sys/sysfile.h"
#include "sys/vhci.h"
#include "usb/in_use.h"
#include "usb/links.h"
#include "usb/port_file.h"
#include "usb/usb_device.h"

enum ud_code ud_ports_parse(int count, char **args, uint32_t *ret, struct ud_error *err)
{
    if (count > UD_OPS_PORTS_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "it takes at most %d ports", UD_OPS_PORTS_MAX);
    }
    for (int i = 0; i < count; i++) {
        if (!ud_check_number(args[i], UD_OPS_PORT_MAX, &ret[i])) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "not a port of vhci_hcd: %.64s", args[i]);
        }
    }
    return UD_OK;
}

/* A file that was left behind by whoever did not remove it tells of another device. */
static void ports_read_server(const char *root, const struct ud_vhci_port *port,
                              struct ud_reported_device *device)
{
    struct ud_port_file file;
    if (!ud_port_file_read(root, port->port, &file) ||
        (file.devid_known && file.devid != port->devid)) {
        return;
    }
    (void)snprintf(device->server_host, sizeof device->server_host, "%s", file.host);
    device->server_port = file.port;
    (void)snprintf(device->server_busid, sizeof device->server_busid, "%s", file.busid);
    (void)snprintf(device->path, sizeof device->path, "%s", file.path);
}

void ud_ports_add(const char *root, bool inside, const struct ud_vhci_port *port,
                  struct ud_device_report *report)
{
    struct ud_reported_device *device = ud_device_report_add(report, port->port);
    if (device == NULL) {
        return;
    }
    (void)snprintf(device->hub, sizeof device->hub, "%s", port->hub);
    device->speed = port->speed;
    device->state = port->state;
    if (inside) {
        ports_read_server(root, port, device);
    }
    if (port->state != UD_VHCI_USED || !ud_usb_busid_plain(port->busid)) {
        return;
    }
    (void)snprintf(device->busid, sizeof device->busid, "%s", port->busid);
    if (!ud_usb_describe(root, device)) {
        device->busid[0] = '\0';
        return;
    }
    ud_usb_add_below(root, inside, device);
    if (inside) {
        ud_links_find(root, device);
    }
}

static bool ports_has(const uint32_t *ports, size_t count, uint32_t port)
{
    for (size_t i = 0; i < count; i++) {
        if (ports[i] == port) {
            return true;
        }
    }
    return count == 0;
}

int ud_ports_collect(const char *root, bool inside, const uint32_t *ports, size_t count,
                     struct ud_device_report *report)
{
    struct ud_buf buf;
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    ud_buf_init(&buf, UD_VHCI_STATUS_MAX);
    int why = ud_vhci_status(root, &buf);
    ud_vhci_reader_init(&reader, (struct ud_slice){buf.data, buf.len});
    while (why == 0 && ud_vhci_reader_next(&reader, &port)) {
        if (port.state != UD_VHCI_FREE && ports_has(ports, count, port.port)) {
            ud_ports_add(root, inside, &port, report);
        }
    }
    if (why == 0 && ud_vhci_reader_bad(&reader)) {
        why = EBADMSG;
    }
    ud_buf_done(&buf);
    if (inside) {
        ud_in_use_find(root, report->devices, report->count);
    }
    return why;
}

void ud_ports_send(struct ud_emit *emit, const struct ud_device_report *report)
{
    struct ud_buf buf;
    ud_buf_init(&buf, UD_REPORT_SIZE_MAX);
    ud_device_report_write(report, &buf);
    ud_emit_blob(emit, UD_BLOB_DEVICES, buf.data, buf.len);
    ud_buf_done(&buf);
}

enum ud_code ud_ports_unreadable(int why, struct ud_error *err)
{
    if (why == ENOENT) {
        return ud_fail(err, UD_ERR_NOT_FOUND, "Load the modules: `usbipd-desktop load`.",
                       "the kernel has no USB/IP: there is no device vhci_hcd.0");
    }
    return ud_fail(err, UD_ERR_REFUSED, NULL, "the status of vhci_hcd's ports cannot be read: %s",
                   why == EBADMSG ? "it makes no sense" : strerror(why));
}

/* drivers/usb/usbip/vhci.h: each controller has as many ports on its USB 2 hub as on its USB 3
 * hub, and ports count through both of the first, then both of the second. */
bool ud_ports_log_name(const char *root, const struct ud_vhci_port *port, char dst[32])
{
    char path[128];
    char text[32];
    struct ud_strv names = {0};
    struct ud_strv buses = {0};
    uint32_t all;
    uint32_t controllers = 0;
    bool found = false;
    ud_sysfile_list(root, UD_VHCI_CONTROLLER, 1024, &names);
    for (size_t i = 0; i < names.len; i++) {
        controllers +=
            strcmp(names.items[i], "status") == 0 || ud_str_starts(names.items[i], "status.");
    }
    ud_strv_done(&names);
    if (!ud_sysfile_line(root, UD_VHCI_CONTROLLER "/nports", text, sizeof text) ||
        !ud_check_number(text, UD_OPS_PORT_MAX + 1, &all) || controllers == 0 ||
        all < 2 * controllers || port->hub[0] == '\0') {
        return false;
    }
    uint32_t each = all / controllers / 2;
    uint32_t number = port->port % each + 1;
    (void)snprintf(path, sizeof path, "/sys/devices/platform/vhci_hcd.%lu",
                   (unsigned long)(port->port / (2 * each)));
    ud_sysfile_list(root, path, 1024, &buses);
    for (size_t i = 0; i < buses.len && !found; i++) {
        uint32_t speed;
        char file[256];
        (void)snprintf(file, sizeof file, "%s/%.64s/speed", path, buses.items[i]);
        if (ud_str_starts(buses.items[i], "usb") && strlen(buses.items[i]) < 8 &&
            ud_sysfile_line(root, file, text, sizeof text) &&
            ud_check_number(text, UINT32_MAX, &speed) &&
            (speed > 480) == (strcmp(port->hub, "ss") == 0)) {
            (void)snprintf(dst, 32, "%.8s-port%lu", buses.items[i], (unsigned long)number);
            found = true;
        }
    }
    ud_strv_done(&buses);
    return found;
}
