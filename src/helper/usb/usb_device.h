/* What sysfs tells of a USB device of the VM, and /dev of its nodes. */
#ifndef HELPER_USB_USB_DEVICE_H
#define HELPER_USB_USB_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/device_report.h"

/* Whether busid can be one of a device in the VM, "1-1.4": it becomes part of paths. */
bool ud_usb_busid_plain(const char *busid);

/* The first line of a file of the device's directory in sysfs; "" and false if there is none. */
bool ud_usb_attribute(const char *root, const char *busid, const char *name, char *dst,
                      size_t size);

/* Fills what follows busid in device, which is one that ud_usb_busid_plain() accepts, and
 * the interfaces; false if there is no such device. */
bool ud_usb_describe(const char *root, struct ud_reported_device *device);

/* Adds the nodes of the device and of all that hangs below it, with /dev's own if inside,
 * that is, if /dev is the VM's; and the children that no driver serves. */
void ud_usb_add_below(const char *root, bool inside, struct ud_reported_device *device);

#endif
