/* What the kernel's log says of USB. */
#ifndef HELPER_SYS_USB_LOG_H
#define HELPER_SYS_USB_LOG_H

#include "host/emit.h"
#include "sys/kernel.h"
#include "util/strv.h"

/* Adds the lines of vhci_hcd, the hubs and their devices that came since the log was marked or
 * read, each once, and at most UD_OPS_LOG_LINES_MAX in all. */
void ud_usb_log_read(const struct ud_kernel *kernel, struct ud_strv *lines);

/* Sends them as KLOG records of vhci_hcd, less what it says of every device. */
void ud_usb_log_send(struct ud_emit *emit, const struct ud_strv *lines);

#endif
