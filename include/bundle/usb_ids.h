/* The names of USB vendors, products and classes that this program carries. */
#ifndef BUNDLE_USB_IDS_H
#define BUNDLE_USB_IDS_H

#include "util/buf.h"
#include "util/error.h"

enum { UD_USB_IDS_MAX = 2 * 1024 * 1024 }; /* bytes: the least maximum of a buffer for it */

/* Adds them to ret, in UTF-8, for ud_usb_ids_names() and ud_usb_ids_class() of
 * usbip/usb_ids.h: 700 KB, which take some milliseconds. */
UD_MUST_CHECK enum ud_code ud_usb_ids_text(struct ud_buf *ret, struct ud_error *err);

#endif
