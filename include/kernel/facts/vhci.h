/* The ports of the virtual USB host controller, from its `status` files. The
 * reader of their text is shared with the helper: usbip/vhci_status.h. */
#ifndef KERNEL_FACTS_VHCI_H
#define KERNEL_FACTS_VHCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "usbip/vhci_status.h"
#include "util/error.h"

#define UD_VHCI_PORTS_MAX 2048

struct ud_vhci_ports {
    struct ud_vhci_port *items; /* sorted by port */
    size_t len;
};

/* Adds the ports of a status text, or of several in a row, to *ports (zeroed
 * before the first). The busid of a port without a device is "". UD_ERR_PROTOCOL for what is no
 * status text, for a state or hub that does not exist, and for a port that was
 * there already. */
UD_MUST_CHECK enum ud_code ud_vhci_parse(const char *text, size_t len, struct ud_vhci_ports *ports,
                                         struct ud_error *err);
void ud_vhci_ports_done(struct ud_vhci_ports *ports);

/* How many ports are not free. */
size_t ud_vhci_in_use(const struct ud_vhci_ports *ports);

/* Whether the port is on the USB 3 hub. */
bool ud_vhci_is_super_speed(const struct ud_vhci_port *port);

const char *ud_vhci_state_name(uint32_t state); /* "free", "reserved", "used", "error" */

#endif
