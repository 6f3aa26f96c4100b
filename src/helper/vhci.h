/* vhci_hcd in sysfs. */
#ifndef HELPER_VHCI_H
#define HELPER_VHCI_H

#include <stddef.h>

#include "emit.h"
#include "util/buf.h"

enum { UD_VHCI_STATUS_MAX = 1024 * 1024 };

/* Sends the facts vhci-driver and vhci-nports and the blob vhci-status, as far
 * as they are to be had. */
void ud_vhci_report(const char *root, struct ud_emit *emit);

enum ud_vhci_use {
    UD_VHCI_IDLE, /* all ports are free, or there is no controller */
    UD_VHCI_IN_USE,
    UD_VHCI_UNKNOWN /* the status cannot be read or understood */
};

/* Whether a port is in use; detail says which ones with which devices, or what
 * is wrong. */
enum ud_vhci_use ud_vhci_use(const char *root, char *detail, size_t size);

#endif
