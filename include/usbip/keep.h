/* Keeping a device attached: which of a server's devices is meant each time, and when to try
 * again. Pure; those who attach ask it. */
#ifndef USBIP_KEEP_H
#define USBIP_KEEP_H

#include <stdbool.h>
#include <stddef.h>

#include "usbip/select.h"
#include "util/error.h"

enum {
    UD_KEEP_SELECTORS_MAX = 16,
    UD_KEEP_REFUSALS_MAX = 3 /* in a row: then it is no accident */
};

/* Any of them is meant; a device that fits an earlier one goes first. Begins zeroed. */
struct ud_keep_choice {
    struct ud_usbip_selector selectors[UD_KEEP_SELECTORS_MAX];
    size_t count;
};

/* Adds one as ud_usbip_selector_parse() reads it. UD_ERR_USAGE for that and for too many. */
UD_MUST_CHECK enum ud_code ud_keep_choice_add(struct ud_keep_choice *choice, const char *text,
                                              struct ud_error *err);

/* *ret_device is the index of the device that is meant, *ret_selector that of its selector.
 * UD_ERR_NOT_FOUND, and UD_ERR_USAGE if several fit, as ud_usbip_select(). */
UD_MUST_CHECK enum ud_code ud_keep_choose(const struct ud_keep_choice *choice,
                                          const struct ud_usbip_device *devices, size_t count,
                                          size_t *ret_device, size_t *ret_selector,
                                          struct ud_error *err);

/* Begins zeroed. */
struct ud_keep_pace {
    unsigned pause_ms;
    unsigned refusals;
    bool patient;  /* nothing need be there at first */
    bool attached; /* once, at least */
};

/* What to do after a try that gave code, UD_OK meaning that the device was attached and is lost:
 * true to try again after *ret_ms. False when it is of no use:
 *
 *   - the server speaks another protocol or version, or broke it (UD_ERR_PROTOCOL)
 *   - the server or the kernel refused the device UD_KEEP_REFUSALS_MAX times in a row
 *     (UD_ERR_ENGINE, UD_ERR_REFUSED)
 *   - there is no such device, or no server, before it was attached, unless pace is patient
 *     (UD_ERR_NOT_FOUND, UD_ERR_UNREACHABLE)
 *   - all that does not change by waiting: wrong use, a lack of rights, an interruption */
bool ud_keep_goes_on(struct ud_keep_pace *pace, enum ud_code code, unsigned *ret_ms);

#endif
