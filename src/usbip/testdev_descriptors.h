/* What the self-test's device says of itself. */
#ifndef USBIP_TESTDEV_DESCRIPTORS_H
#define USBIP_TESTDEV_DESCRIPTORS_H

#include "usbip/testdev.h"

enum { UD_TESTDEV_DESCRIPTOR_MAX = 255 };

/* The descriptor that GET_DESCRIPTOR's wValue names: its length, or 0 if there is none. */
size_t ud_testdev_descriptor(const struct ud_testdev *device, uint16_t value,
                             unsigned char ret[UD_TESTDEV_DESCRIPTOR_MAX]);

#endif
