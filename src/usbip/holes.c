#include "usbip/holes.h"

#include <stdio.h>
#include <string.h>

#include "util/str.h"

const struct ud_usbip_hole ud_usbip_holes[UD_USBIP_HOLE_COUNT] = {
    [UD_USBIP_HOLE_OVERFLOW] =
        {
            .id = "CVE-2026-31607",
            .module = "usbip-core",
            .source = "drivers/usb/usbip/usbip_common.c",
            .title = "usbip: validate number_of_packets in usbip_pack_ret_submit()",
            .commit = "2ab833a16a825373aad2ba7d54b572b277e95b71",
            .what = "a USB/IP server can write beyond the kernel's memory",
            .fixed_in = "5.10.258, 6.1.175, 6.12.83, 7.1",
            .guarded = true,
        },
    [UD_USBIP_HOLE_STATUS] =
        {
            .id = "CVE-2026-97484",
            .module = "vhci-hcd",
            .source = "drivers/usb/usbip/vhci_sysfs.c",
            .title = "usbip: vhci_hcd: fix NULL deref in status_show_vhci",
            .commit = "",
            .what =
                "reading vhci_hcd's status while a controller comes or goes can crash the kernel",
            .fixed_in = "6.1.189, 6.12.111",
            .guarded = false,
        },
};

struct hole_version {
    unsigned major;
    unsigned minor;
    unsigned patch;
};

/* What tells that a fix is there. */
static const struct {
    struct hole_version series[4]; /* the first of each that has it; zeroed: no more */
    struct hole_version mainline;  /* zeroed: not known */
    const char *function;          /* its head, in the first column */
    const char *check;             /* what it has to say … */
    const char *before;            /* … before it says this */
} hole_fixes[UD_USBIP_HOLE_COUNT] = {
    [UD_USBIP_HOLE_OVERFLOW] =
        {
            .series = {{5, 10, 258}, {6, 1, 175}, {6, 12, 83}},
            .mainline = {7, 1, 0},
            .function = "usbip_pack_ret_submit(",
            .check = "number_of_packets > urb->number_of_packets",
            .before = "urb->number_of_packets = rpdu->",
        },
    [UD_USBIP_HOLE_STATUS] =
        {
            .series = {{6, 1, 189}, {6, 12, 111}},
            .function = "status_show_vhci(",
            .check = "!hcd",
            .before = "hcd_to_vhci_hcd(",
        },
};

static bool hole_read_version(const char *text, struct hole_version *ret)
{
    ret->patch = 0;
    return sscanf(text, "%9u.%9u.%9u", &ret->major, &ret->minor, &ret->patch) >= 2;
}

bool ud_usbip_hole_is_fixed(size_t hole, const char *release, const char *version)
{
    static const char debian[] = " Debian ";
    const char *told = strstr(version, debian);
    const struct hole_version *series = hole_fixes[hole].series;
    const struct hole_version mainline = hole_fixes[hole].mainline;
    struct hole_version kernel;
    if (!hole_read_version(told != NULL ? told + strlen(debian) : release, &kernel)) {
        return false;
    }
    for (size_t i = 0; i < sizeof hole_fixes[hole].series / sizeof *series; i++) {
        if (kernel.major == series[i].major && kernel.minor == series[i].minor) {
            return kernel.patch >= series[i].patch;
        }
    }
    return mainline.major != 0 &&
           (kernel.major > mainline.major ||
            (kernel.major == mainline.major && kernel.minor >= mainline.minor));
}

/* The kernel's style has a function's head, and the brace that ends it, in the first column, and
 * what speaks of it or calls it behind white space. */
bool ud_usbip_hole_is_fixed_in(size_t hole, const char *text, size_t len)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    bool within = false;
    bool checked = false;
    while (ud_str_next_line(&rest, &line)) {
        const bool first_column = line.len > 0 && line.ptr[0] != ' ' && line.ptr[0] != '\t';
        if (first_column && ud_slice_has(line, hole_fixes[hole].function)) {
            within = line.ptr[line.len - 1] != ';';
        } else if (within && first_column && line.ptr[0] == '}') {
            return false;
        } else if (within && ud_slice_has(line, hole_fixes[hole].check)) {
            checked = true;
        } else if (within && ud_slice_has(line, hole_fixes[hole].before)) {
            return checked;
        }
    }
    return false;
}
