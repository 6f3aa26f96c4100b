/* Known holes of the kernel's USB/IP client, THE table: what somebody found in usbip-core and
 * vhci-hcd, and where it is mended. Modules are compiled from the sources of the kernel's own
 * version, and have the holes that these have.
 *
 * Sources: the CVE records; for the first fixed release of a series the kernel's ChangeLogs, as the
 * changelogs of Debian's packages of 5.10, 6.1 and 6.12 cite them. Only holes of the client count:
 * usbip-host and usbip-vudc are not built. */
#ifndef USBIP_HOLES_H
#define USBIP_HOLES_H

#include <stdbool.h>
#include <stddef.h>

/* Texts are static and never NULL. */
struct ud_usbip_hole {
    const char *id;       /* "CVE-2026-31607" */
    const char *module;   /* that has it: "usbip-core", "vhci-hcd" */
    const char *source;   /* the file of the kernel with the fix */
    const char *title;    /* the fix's, in the kernel's log */
    const char *commit;   /* of the fix in mainline; "": not known here */
    const char *what;     /* what the hole lets happen, a clause */
    const char *fixed_in; /* the first fixed releases, for people: "6.1.175, 6.12.83" */
    bool guarded;         /* usbip/guard.h keeps a server from using it */
};

enum {
    UD_USBIP_HOLE_OVERFLOW, /* a server writes beyond the kernel's memory: usbip/guard.h */
    UD_USBIP_HOLE_STATUS,
    UD_USBIP_HOLE_COUNT
};

extern const struct ud_usbip_hole ud_usbip_holes[UD_USBIP_HOLE_COUNT];

/* Whether a kernel is certain to have the fix of a hole, by what uname tells of it: release, and
 * version, in which Debian tells the number of the stable series. Distributions mend kernels
 * without a new number: a false answer means only that it is not certain. */
bool ud_usbip_hole_is_fixed(size_t hole, const char *release, const char *version);

/* The same of sources: the text of the hole's source file, wherever it is from. The function that
 * the fix is in checks before it believes. Not one byte behind len is looked at. */
bool ud_usbip_hole_is_fixed_in(size_t hole, const char *text, size_t len);

#endif
