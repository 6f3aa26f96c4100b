/* CVE-2026-31607: a kernel that believes what a server says of number_of_packets, and writes
 * beyond its own memory then. See usbip/guard.h, which keeps such an answer away from it. */
#ifndef USBIP_OVERFLOW_H
#define USBIP_OVERFLOW_H

#include <stdbool.h>

/* Whether a kernel is certain to have the fix, by what uname tells of it: release, and version,
 * in which Debian tells the number of the stable series. The fix is "usbip: validate
 * number_of_packets in usbip_pack_ret_submit()", commit 2ab833a16a82, which is in 7.1, and in
 * 5.10.258, 6.1.175 and 6.12.83 by the changelogs of Debian's packages. Distributions mend
 * kernels without a new number: a false answer means only that it is not certain. */
bool ud_usbip_overflow_is_fixed(const char *release, const char *version);

#endif
