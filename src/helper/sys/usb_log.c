#include "sys/usb_log.h"

#include <string.h>

#include "sys/kmsg.h"

static bool usb_log_concerns(const char *line)
{
    static const char *const names[] = {"vhci_hcd", "usbip_core", "usb", "hub"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (ud_kmsg_names(ud_slice_of(line), names[i])) {
            return true;
        }
    }
    return false;
}

void ud_usb_log_read(const struct ud_kernel *kernel, struct ud_strv *lines)
{
    struct ud_strv all = {0};
    kernel->log_read(kernel->ctx, &all);
    for (size_t i = 0; i < all.len && lines->len < UD_OPS_LOG_LINES_MAX; i++) {
        if (usb_log_concerns(all.items[i]) && !ud_strv_has(lines, all.items[i])) {
            ud_strv_add(lines, all.items[i]);
        }
    }
    ud_strv_done(&all);
}

/* What vhci_hcd says of every device, well or not. */
static bool usb_log_is_chatter(const char *line)
{
    static const char *const words[] = {
        "vhci_hcd.0: pdev(",      "vhci_hcd.0: devid(",       "vhci_hcd.0: Device attached",
        "vhci_hcd: unlink->",     "vhci_hcd: urb->status",    "vhci_hcd: connection closed",
        "vhci_hcd: stop threads", "vhci_hcd: release socket", "vhci_hcd: disconnect device",
        ": SetAddress Request ("};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(line, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

void ud_usb_log_send(struct ud_emit *emit, const struct ud_strv *lines)
{
    for (size_t i = 0; i < lines->len; i++) {
        if (!usb_log_is_chatter(lines->items[i])) {
            ud_emit_klog(emit, "vhci_hcd", lines->items[i]);
        }
    }
}
