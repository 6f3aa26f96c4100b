/* The self-test of the VM's USB/IP, by a helper in a container of its own. */
#ifndef APP_LOAD_USBIP_CHECK_H
#define APP_LOAD_USBIP_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "util/error.h"

/* How the self-test went: what was measured if it passed, else where it ended. */
struct ud_usbip_check {
    bool passed;
    unsigned port;         /* of vhci_hcd */
    char *busid;           /* in the VM, such as "1-1" */
    uint64_t milliseconds; /* from attaching to having been configured */
    uint64_t urbs;         /* that the kernel sent until then */
    bool authorized;       /* else the VM's policy let the device not be configured */
    char *step;            /* that failed (UD_SELFTEST_*), NULL if none did */
};

/* Has a device attached, configured and detached; fills ret (zeroed before) as
 * far as it came, also on failure. The error has the kernel's own words.
 * Errors: UD_ERR_NOT_FOUND (no vhci_hcd), UD_ERR_BUSY, UD_ERR_DENIED,
 * UD_ERR_REFUSED, UD_ERR_INTERRUPTED, and those of the engine. */
UD_MUST_CHECK enum ud_code ud_usbip_check_run(const struct ud_app *app, struct ud_engine *engine,
                                              struct ud_usbip_check *ret, struct ud_error *err);

void ud_usbip_check_done(struct ud_usbip_check *test);

#endif
