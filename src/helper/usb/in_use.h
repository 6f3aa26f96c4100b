/* Who uses the nodes of a device: mounted file systems and open files, of all processes of the
 * machine, in whatever container they are. */
#ifndef HELPER_USB_IN_USE_H
#define HELPER_USB_IN_USE_H

#include "proto/device_report.h"

/* Adds to the mounts and opens of count devices, whose nodes are known. /proc has to be the
 * VM's. What cannot be read is passed over. */
void ud_in_use_find(const char *root, struct ud_reported_device *devices, size_t count);

#endif
