/* Which USB devices a driver is for: its MODULE_DEVICE_TABLE, read from the source. */
#ifndef KERNEL_DRIVERS_DEVICES_H
#define KERNEL_DRIVERS_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/strv.h"

/* A device, and what is known of one of its interfaces. */
struct ud_device {
    unsigned vendor, product;
    bool has_class;
    unsigned class, subclass, protocol; /* of the interface */
};

/* "0403:6001", or with class, subclass and protocol of an interface "046d:c52b:030102", all
 * hexadecimal. UD_ERR_USAGE for anything else. */
UD_MUST_CHECK enum ud_code ud_device_parse(const char *text, struct ud_device *ret,
                                           struct ud_error *err);

struct ud_devices;

struct ud_devices *ud_devices_new(void);
void ud_devices_free(struct ud_devices *devices);

/* Keeps the source if it has a table, or is a header that one may need. */
void ud_devices_add(struct ud_devices *devices, const char *path, const char *text, size_t len);

/* Adds the paths of the sources with a table that may be for the device; sorted. Without a
 * class that is each that names its vendor, and its product or none; what is said of classes
 * does not count. With one, all of an entry must agree, which may name the class alone.
 * Entries that cannot be understood are passed over; *ret_skipped is their number. */
void ud_devices_find(const struct ud_devices *devices, const struct ud_device *device,
                     struct ud_strv *ret, size_t *ret_skipped);

#endif
