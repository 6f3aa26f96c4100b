/* The ports of vhci_hcd that are in use, and the devices on them. */
#ifndef HELPER_USB_PORTS_H
#define HELPER_USB_PORTS_H

#include "proto/device_report.h"
#include "sys/helper.h"
#include "usbip/vhci_status.h"

/* Reads port numbers, of which there may be none. UD_ERR_USAGE. */
UD_MUST_CHECK enum ud_code
ud_ports_parse(int count, char **args, uint32_t ret[/* UD_OPS_PORTS_MAX */], struct ud_error *err);

/* Adds the device of a used port. inside says that files are the VM's. */
void ud_ports_add(const char *root, bool inside, const struct ud_vhci_port *port,
                  struct ud_device_report *report);

/* Adds those of all used ports, or of the count ones that are named and used, and, inside, who
 * uses them. 0 or an errno number: ENOENT if there is no controller, EBADMSG if its status
 * makes no sense. */
int ud_ports_collect(const char *root, bool inside, const uint32_t *ports, size_t count,
                     struct ud_device_report *report);

/* Sends it as blob UD_BLOB_DEVICES. */
void ud_ports_send(struct ud_emit *emit, const struct ud_device_report *report);

/* UD_ERR_NOT_FOUND or UD_ERR_REFUSED for an errno number as above. */
enum ud_code ud_ports_unreadable(int why, struct ud_error *err);

/* The name that the kernel's log has for a port, "usb1-port1"; false if it cannot be known. */
bool ud_ports_log_name(const char *root, const struct ud_vhci_port *port, char dst[32]);

#endif
