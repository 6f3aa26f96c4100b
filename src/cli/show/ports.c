#include "show/show.h"

#include <stdio.h>

#include "report/jsondoc.h"
#include "util/str.h"

/* enum usb_device_speed, include/uapi/linux/usb/ch9.h */
static const char *speed_name(unsigned speed)
{
    static const char *const names[] = {"",         "low speed",   "full speed",      "high speed",
                                        "wireless", "super speed", "super speed plus"};
    return speed < sizeof names / sizeof names[0] ? names[speed] : "unknown speed";
}

static const struct ud_reported_device *ports_find(const struct ud_device_report *devices,
                                                   unsigned port)
{
    for (size_t i = 0; devices != NULL && i < devices->count; i++) {
        if (devices->devices[i].port == port && devices->devices[i].ids_known) {
            return &devices->devices[i];
        }
    }
    return NULL;
}

int ud_show_node_rank(const struct ud_report_node *node)
{
    static const struct {
        const char *prefix;
        int rank;
    } ranks[] = {{"/dev/bus/usb/", UD_NODE_RANK_LAST},
                 {"/dev/bsg/", 2},
                 {"/dev/sg", 2},
                 {"/dev/usb/hiddev", 1},
                 {"/dev/hidraw", 1}};
    for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++) {
        if (ud_str_starts(node->path, ranks[i].prefix)) {
            return ranks[i].rank;
        }
    }
    return 0;
}

/* What it is, and the nodes that programs open. */
static void show_identity(const struct ud_page *page, const struct ud_reported_device *device)
{
    int best = UD_NODE_RANK_LAST;
    ud_page_textf(page, "%04x:%04x%s%s", device->vendor, device->product,
                  device->product_name[0] != '\0' ? " " : "", device->product_name);
    for (size_t i = 0; i < device->node_count; i++) {
        int rank = ud_show_node_rank(&device->nodes[i]);
        best = rank < best ? rank : best;
    }
    for (size_t i = 0; i < device->node_count; i++) {
        if (ud_show_node_rank(&device->nodes[i]) == best) {
            ud_page_textf(page, ", %s", device->nodes[i].path);
        }
    }
}

static void show_device(const struct ud_page *page, const struct ud_vhci_port *port,
                        const struct ud_reported_device *device)
{
    char number[24];
    (void)snprintf(number, sizeof number, "port %02u", port->port);
    ud_page_label(page, "");
    ud_page_cell(page, number, 10);
    ud_page_cell(page, ud_vhci_state_name(port->state), 10);
    ud_page_cell(page, speed_name(port->speed), 18);
    ud_page_cell(page, port->busid[0] != '\0' ? port->busid : "-", 10);
    if (device != NULL) {
        show_identity(page, device);
    } else {
        ud_page_textf(page, "server's bus %u, device %u", (unsigned)(port->devid >> 16),
                      (unsigned)(port->devid & 0xffff));
    }
    ud_page_end(page);
}

void ud_show_ports(const struct ud_page *page, const struct ud_vhci_ports *ports,
                   const struct ud_device_report *devices)
{
    unsigned all = (unsigned)ports->len;
    unsigned in_use = (unsigned)ud_vhci_in_use(ports);
    unsigned super_speed = 0;
    for (size_t i = 0; i < ports->len; i++) {
        super_speed += ud_vhci_is_super_speed(&ports->items[i]) ? 1 : 0;
    }
    ud_page_label(page, "ports");
    if (in_use == 0) {
        ud_page_text(page, "no device attached");
    } else {
        ud_page_textf(page, "%u %s attached", in_use, in_use == 1 ? "device" : "devices");
    }
    ud_page_textf(page, ", %u of %u ports free (%u USB 2, %u USB 3)", all - in_use, all,
                  all - super_speed, super_speed);
    ud_page_end(page);
    for (size_t i = 0; i < ports->len; i++) {
        if (ports->items[i].state != UD_VHCI_FREE) {
            show_device(page, &ports->items[i], ports_find(devices, ports->items[i].port));
        }
    }
}

static void doc_identity(cJSON *object, const struct ud_reported_device *device)
{
    char ids[16];
    struct ud_strv nodes = {0};
    (void)snprintf(ids, sizeof ids, "%04x:%04x", device->vendor, device->product);
    ud_doc_text(object, "hardware_id", ids);
    ud_doc_text_if(object, "product", device->product_name);
    for (size_t i = 0; i < device->node_count; i++) {
        ud_strv_add(&nodes, device->nodes[i].path);
    }
    ud_doc_strv(object, "nodes", &nodes);
    ud_strv_done(&nodes);
}

void ud_doc_ports(cJSON *parent, const struct ud_vhci_ports *ports,
                  const struct ud_device_report *devices)
{
    cJSON *array = ud_doc_array(parent, "ports");
    for (size_t i = 0; i < ports->len; i++) {
        const struct ud_vhci_port *port = &ports->items[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_u64(object, "port", port->port);
        ud_doc_text(object, "hub", ud_vhci_is_super_speed(port) ? "ss" : "hs");
        ud_doc_text(object, "state", ud_vhci_state_name(port->state));
        if (port->state != UD_VHCI_FREE) {
            ud_doc_u64(object, "speed", port->speed);
            ud_doc_u64(object, "devid", port->devid);
            ud_doc_text(object, "busid", port->busid);
        }
        const struct ud_reported_device *device = ports_find(devices, port->port);
        if (device != NULL) {
            doc_identity(object, device);
        }
    }
}
