/* CVE-2026-31607: a kernel that believes what a server says of number_of_packets, and writes
 * beyond its own memory then. See usbip/guard.h, which keeps such an answer away from it. */
#ifndef USBIP_OVERFLOW_H
#define USBIP_OVERFLOW_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a kernel is certain to have the fix, by what uname tells of it: release, and version,
 * in which Debian tells the number of the stable series. The fix is "usbip: validate
 * number_of_packets in usbip_pack_ret_submit()", commit 2ab833a16a82, which is in 7.1, and in
 * 5.10.258, 6.1.175 and 6.12.83 by the changelogs of Debian's packages. Distributions mend
 * kernels without a new number: a false answer means only that it is not certain. */
bool ud_usbip_overflow_is_fixed(const char *release, const char *version);

/* The same of sources: the text of this file of a kernel, wherever it is from. Its function
 * usbip_pack_ret_submit() compares number_of_packets with that of the URB before it takes it.
 * Not one byte behind len is looked at. */
#define UD_USBIP_OVERFLOW_SOURCE "drivers/usb/usbip/usbip_common.c"
bool ud_usbip_overflow_is_fixed_in(const char *text, size_t len);

#endif
