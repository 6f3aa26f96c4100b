/* The self-test of the VM's USB/IP, by a helper in a container of its own. */
#ifndef APP_LOAD_USBIP_CHECK_H
#define APP_LOAD_USBIP_CHECK_H

#include "app/engine/context.h"
#include "app/status.h"
#include "docker/engine/engine.h"
#include "util/error.h"

/* Has a device attached, configured and detached; fills ret (zeroed before) as
 * far as it came, also on failure. The error has the kernel's own words.
 * Errors: UD_ERR_NOT_FOUND (no vhci_hcd), UD_ERR_BUSY, UD_ERR_DENIED,
 * UD_ERR_REFUSED, UD_ERR_INTERRUPTED, and those of the engine. */
UD_MUST_CHECK enum ud_code ud_self_test_run(const struct ud_app *app, struct ud_engine *engine,
                                            struct ud_self_test *ret, struct ud_error *err);

void ud_self_test_done(struct ud_self_test *test);

#endif
