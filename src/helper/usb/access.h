/* Who may open the nodes of a device, and by which names, in VMs that have no udev to decide it. */
#ifndef HELPER_USB_ACCESS_H
#define HELPER_USB_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/device_report.h"
#include "sys/helper.h"

/* What is asked for; -1: by udev's rules where nobody else decides, see ud_access_give(). */
struct ud_access {
    int32_t mode;
    int64_t group;
};

/* Whether udev is at work in the VM, whose files root has. */
bool ud_access_has_udev(const char *root);

/* Gives nodes the mode and group that are asked for, and makes links where there are none. What
 * is not asked for, a node that is root's alone gets as Debian's udev would give it, by number,
 * unless there is an udev. What fails is a FACT UD_FACT_WARNING. device tells all of it then. */
void ud_access_give(struct ud_helper *helper, const struct ud_access *access,
                    struct ud_reported_device *device);

#endif
