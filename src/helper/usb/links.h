/* The links that udev makes to nodes, in VMs that have no udev: by-id and by-path of
 * terminals, by-id of disks. The names are those of udev's rules (60-serial.rules,
 * 60-persistent-storage.rules) and of its built-in usb_id and path_id. */
#ifndef HELPER_USB_LINKS_H
#define HELPER_USB_LINKS_H

#include "proto/device_report.h"

/* Adds the links below /dev, whoever made them, that lead to nodes of device. */
void ud_links_find(const char *root, struct ud_reported_device *device);

/* Makes those that are not there for the nodes of device that are, and adds them. A link that
 * leads nowhere is replaced. The number of those that could not be made; *ret_why is the errno
 * number of the last. */
size_t ud_links_make(const char *root, struct ud_reported_device *device, int *ret_why);

/* Removes those of device's links that lead nowhere now, and folders that are empty then. */
void ud_links_remove(const char *root, const struct ud_reported_device *device);

/* Removes all links that lead nowhere, and folders that are empty then. For VMs without udev,
 * where nobody else does when a device goes by itself. */
void ud_links_sweep(const char *root);

/* The word for a text of a device in a link's name, as udev makes it: without blanks around,
 * '_' for those within and for each character that is not safe. For its tests. */
void ud_links_word(const char *text, char *dst, size_t size);

#endif
