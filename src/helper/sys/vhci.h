/* vhci_hcd in sysfs. */
#ifndef HELPER_SYS_VHCI_H
#define HELPER_SYS_VHCI_H

#include <stdbool.h>
#include <stddef.h>

#include "host/emit.h"
#include "usbip/vhci_status.h"
#include "util/buf.h"

/* The first controller's directory has the files of all. */
#define UD_VHCI_CONTROLLER "/sys/devices/platform/vhci_hcd.0"

enum { UD_VHCI_STATUS_MAX = 1024 * 1024 };

/* Sends the facts vhci-driver and vhci-nports and the blob vhci-status, as far
 * as they are to be had. */
void ud_vhci_report(const char *root, struct ud_emit *emit);

/* Whether the kernel's version proves that it has the fix of usbip/holes.h. */
bool ud_vhci_is_fixed(const char *root);

enum ud_vhci_use {
    UD_VHCI_IDLE, /* all ports are free, or there is no controller */
    UD_VHCI_IN_USE,
    UD_VHCI_UNKNOWN /* the status cannot be read or understood */
};

/* Whether a port is in use; detail says which ones with which devices, or what
 * is wrong. */
enum ud_vhci_use ud_vhci_use(const char *root, char *detail, size_t size);

/* The status of all controllers, see UD_BLOB_VHCI_STATUS, added to buf, whose maximum should be
 * UD_VHCI_STATUS_MAX. 0 or an errno number: ENOENT if there is no controller. */
int ud_vhci_status(const char *root, struct ud_buf *buf);

/* The free ports of the hubs that are called so, see usbip/vhci_status.h, and the line of
 * one port. 0, or an errno number: EBADMSG if the status makes no sense, ENOENT if there is
 * no such port or no controller. */
int ud_vhci_free_ports(const char *root, const char *hub, uint32_t from,
                       struct ud_vhci_choice *ret);
int ud_vhci_port(const char *root, uint32_t number, struct ud_vhci_port *ret);

#endif
