/* Names of vendors, products and classes in a text of the format of usb.ids
 * (http://www.linux-usb.org/usb-ids.html). The text is the caller's; that which this
 * program carries is bundle/usb_ids.h's. */
#ifndef USBIP_USB_IDS_H
#define USBIP_USB_IDS_H

#include <stdint.h>

#include "usbip/device.h"
#include "util/str.h"

/* Parts of the text, in UTF-8; empty those that it does not have. */
struct ud_usb_ids_names {
    struct ud_slice vendor;
    struct ud_slice product;
};

struct ud_usb_ids_class {
    struct ud_slice base;
    struct ud_slice sub;
    struct ud_slice protocol;
};

void ud_usb_ids_names(struct ud_slice ids, uint16_t vendor, uint16_t product,
                      struct ud_usb_ids_names *ret);
void ud_usb_ids_class(struct ud_slice ids, struct ud_usbip_class which,
                      struct ud_usb_ids_class *ret);

#endif
