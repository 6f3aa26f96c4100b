/* Which drivers a device wants: the modalias of each of its interfaces, and the modules
 * whose aliases it fits. */
#ifndef USBIP_MODALIAS_H
#define USBIP_MODALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "usbip/device.h"
#include "util/str.h"
#include "util/strv.h"

enum {
    UD_MODALIAS_SIZE = 64,       /* bytes of a modalias with its NUL */
    UD_MODALIAS_LINE_MAX = 512,  /* a line of modules.alias that is longer is passed over */
    UD_MODALIAS_MODULES_MAX = 64 /* for one modalias */
};

/* The text of drivers/usb/core/sysfs.c (modalias_show()) for interface number index,
 * below interface_count; interfaces_told must be true. A server's list gives interfaces
 * in their order and not their numbers, which are taken to count from 0. */
void ud_modalias_write(const struct ud_usbip_device *device, size_t index,
                       char dst[UD_MODALIAS_SIZE]);

/* Whether an alias of a module, which is a pattern, is for this modalias. */
bool ud_modalias_fits(const char *alias, const char *modalias);

/* A reader of a modules.alias file, lines "alias PATTERN MODULE" as depmod writes them. */
struct ud_modalias_reader {
    struct ud_slice rest;
    struct ud_slice modalias;
};

/* modules_alias and modalias are borrowed. */
void ud_modalias_reader_init(struct ud_modalias_reader *reader, struct ud_slice modules_alias,
                             const char *modalias);

/* The module of the next line that fits, borrowed from the text; false at its end. A
 * module with several fitting aliases comes once for each. Lines that make no sense are
 * passed over. */
bool ud_modalias_reader_next(struct ud_modalias_reader *reader, struct ud_slice *ret_module);

/* Adds the modules for a modalias to ret in the order of the file, those that it
 * does not have yet, until it has UD_MODALIAS_MODULES_MAX. */
void ud_modalias_modules(struct ud_slice modules_alias, const char *modalias, struct ud_strv *ret);

#endif
