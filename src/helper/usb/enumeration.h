/* Waiting for the kernel to learn what an attached device is. */
#ifndef HELPER_USB_ENUMERATION_H
#define HELPER_USB_ENUMERATION_H

#include "usb/plug.h"
#include "usbip/vhci_status.h"

/* Until the device on plug's port is configured, or not authorized; *ret is its port's line,
 * and plug->busid is filled. UD_ERR_REFUSED, after lines of the log were sent, or
 * UD_ERR_INTERRUPTED. */
UD_MUST_CHECK enum ud_code ud_enumeration_await(struct ud_plug *plug, struct ud_vhci_port *ret,
                                                struct ud_error *err);

/* After a failure, once the port is free: until the kernel's hub has done with the device, whose
 * last question it gives five seconds though there is nobody to answer. What is attached to the
 * port meanwhile is taken for that device. */
void ud_enumeration_let_go(struct ud_plug *plug);

/* Then for drivers and nodes of the device busid, as long as they may still come. */
void ud_enumeration_settle(const struct ud_helper *helper, const char *busid);

#endif
