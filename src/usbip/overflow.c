#include "usbip/overflow.h"

#include <stdio.h>
#include <string.h>

#include "util/str.h"

struct overflow_version {
    unsigned major;
    unsigned minor;
    unsigned patch;
};

/* The first of each series that has the fix. */
static const struct overflow_version overflow_fixed[] = {{5, 10, 258}, {6, 1, 175}, {6, 12, 83}};
static const struct overflow_version overflow_mainline = {7, 1, 0};

static bool overflow_read(const char *text, struct overflow_version *ret)
{
    ret->patch = 0;
    return sscanf(text, "%9u.%9u.%9u", &ret->major, &ret->minor, &ret->patch) >= 2;
}

bool ud_usbip_overflow_is_fixed(const char *release, const char *version)
{
    static const char debian[] = " Debian ";
    const char *told = strstr(version, debian);
    struct overflow_version kernel;
    if (!overflow_read(told != NULL ? told + strlen(debian) : release, &kernel)) {
        return false;
    }
    for (size_t i = 0; i < sizeof overflow_fixed / sizeof overflow_fixed[0]; i++) {
        if (kernel.major == overflow_fixed[i].major && kernel.minor == overflow_fixed[i].minor) {
            return kernel.patch >= overflow_fixed[i].patch;
        }
    }
    return kernel.major > overflow_mainline.major ||
           (kernel.major == overflow_mainline.major && kernel.minor >= overflow_mainline.minor);
}

/* The kernel's style has a function's head, and the brace that ends it, in the first column, and
 * what speaks of it or calls it behind white space. */
bool ud_usbip_overflow_is_fixed_in(const char *text, size_t len)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    bool within = false;
    bool compared = false;
    while (ud_str_next_line(&rest, &line)) {
        const bool first_column = line.len > 0 && line.ptr[0] != ' ' && line.ptr[0] != '\t';
        if (first_column && ud_slice_has(line, "usbip_pack_ret_submit(")) {
            within = line.ptr[line.len - 1] != ';';
        } else if (within && first_column && line.ptr[0] == '}') {
            return false;
        } else if (within && ud_slice_has(line, "number_of_packets > urb->number_of_packets")) {
            compared = true;
        } else if (within && ud_slice_has(line, "urb->number_of_packets = rpdu->")) {
            return compared;
        }
    }
    return false;
}
