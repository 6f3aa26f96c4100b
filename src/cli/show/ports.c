#include "show/show.h"

#include <stdio.h>

#include "report/jsondoc.h"

/* enum usb_device_speed, include/uapi/linux/usb/ch9.h */
static const char *speed_name(unsigned speed)
{
    static const char *const names[] = {"",         "low speed",   "full speed",      "high speed",
                                        "wireless", "super speed", "super speed plus"};
    return speed < sizeof names / sizeof names[0] ? names[speed] : "unknown speed";
}

static void show_device(const struct ud_page *page, const struct ud_vhci_port *port)
{
    char number[24];
    (void)snprintf(number, sizeof number, "port %02u", port->port);
    ud_page_label(page, "");
    ud_page_cell(page, number, 10);
    ud_page_cell(page, ud_vhci_state_name(port->state), 10);
    ud_page_cell(page, speed_name(port->speed), 18);
    ud_page_cell(page, port->busid[0] != '\0' ? port->busid : "-", 10);
    ud_page_textf(page, "server's bus %u, device %u", (unsigned)(port->devid >> 16),
                  (unsigned)(port->devid & 0xffff));
    ud_page_end(page);
}

void ud_show_ports(const struct ud_page *page, const struct ud_vhci_ports *ports)
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
            show_device(page, &ports->items[i]);
        }
    }
}

void ud_doc_ports(cJSON *parent, const struct ud_vhci_ports *ports)
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
    }
}
