#include "selftest/selftest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "proto/ops.h"
#include "sys/sysfile.h"
#include "sys/vhci.h"
#include "sys/waiting.h"
#include "util/patience.h"

static bool attribute_is(const struct ud_selftest *test, const char *name, const char *value)
{
    char path[128];
    char text[64];
    (void)snprintf(path, sizeof path, "/sys/bus/usb/devices/%s/%s", test->busid, name);
    return ud_sysfile_line(test->helper->root, path, text, sizeof text) && strcmp(text, value) == 0;
}

/* The line of a port has device and bus id only once the device has an address. */
static bool selftest_watch_is_ours(const struct ud_selftest *test, const struct ud_vhci_port *port)
{
    return port->state == UD_VHCI_USED ? port->devid == test->devid : port->state != UD_VHCI_FREE;
}

static bool is_configured(struct ud_selftest *test, const struct ud_vhci_port *port)
{
    char vendor[8];
    char product[8];
    if (port->state != UD_VHCI_USED || !selftest_watch_is_ours(test, port)) {
        return false;
    }
    (void)snprintf(test->busid, sizeof test->busid, "%s", port->busid);
    (void)snprintf(vendor, sizeof vendor, "%04x", UD_TESTDEV_VENDOR);
    (void)snprintf(product, sizeof product, "%04x", UD_TESTDEV_PRODUCT);
    if (!attribute_is(test, "idVendor", vendor) || !attribute_is(test, "idProduct", product)) {
        return false;
    }
    test->authorized = !attribute_is(test, "authorized", "0");
    return !test->authorized || (attribute_is(test, "serial", test->serial) &&
                                 attribute_is(test, "bConfigurationValue", "1"));
}

static enum ud_code not_enumerated(const struct ud_selftest *test, bool dropped,
                                   struct ud_error *err)
{
    char how[64];
    (void)snprintf(how, sizeof how, "within %d s", UD_PATIENCE_SELFTEST_MS / 1000);
    ud_selftest_send_log(test);
    return ud_selftest_failed(
        test, UD_SELFTEST_ENUMERATE, UD_ERR_REFUSED, ETIMEDOUT, err,
        "the kernel took the device on port %u, and %s%s; requests until then: %u",
        (unsigned)test->port,
        dropped ? "dropped it before it was configured" : "did not configure it ",
        dropped ? "" : how, atomic_load(&test->serving.urbs));
}

enum ud_code ud_selftest_await(struct ud_selftest *test, struct ud_error *err)
{
    const struct ud_kernel *kernel = test->helper->kernel;
    for (unsigned waited = 0; waited <= UD_PATIENCE_SELFTEST_MS;
         waited += UD_PATIENCE_SELFTEST_POLL_MS) {
        struct ud_vhci_port port = {.state = UD_VHCI_RESERVED};
        if (kernel->stopped(kernel->ctx)) {
            return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted");
        }
        (void)ud_vhci_port(test->helper->root, test->port, &port);
        if (is_configured(test, &port)) {
            test->took_ms = ud_wait_now_ms() - test->begun_ms;
            test->urbs = atomic_load(&test->serving.urbs);
            return UD_OK;
        }
        if (!selftest_watch_is_ours(test, &port) || port.state == UD_VHCI_ERROR) {
            return not_enumerated(test, true, err);
        }
        kernel->sleep_ms(kernel->ctx, UD_PATIENCE_SELFTEST_POLL_MS);
    }
    return not_enumerated(test, false, err);
}

/* ---- detaching ---- */

static bool selftest_watch_is_gone(const struct ud_selftest *test)
{
    struct ud_vhci_port port;
    if (ud_vhci_port(test->helper->root, test->port, &port) != 0 ||
        selftest_watch_is_ours(test, &port)) {
        return false;
    }
    return test->busid[0] == '\0' || !attribute_is(test, "serial", test->serial);
}

/* Whether somebody interrupts or not. */
static bool await_gone(const struct ud_selftest *test)
{
    const struct ud_kernel *kernel = test->helper->kernel;
    for (unsigned waited = 0; waited <= UD_PATIENCE_SELFTEST_MS;
         waited += UD_PATIENCE_SELFTEST_POLL_MS) {
        if (selftest_watch_is_gone(test)) {
            return true;
        }
        kernel->sleep_ms(kernel->ctx, UD_PATIENCE_SELFTEST_POLL_MS);
    }
    return false;
}

/* Nothing is detached that is not ours: if the kernel dropped the device, somebody
 * else may have the port by now. */
static bool holds_port(const struct ud_selftest *test)
{
    struct ud_vhci_port port;
    return ud_vhci_port(test->helper->root, test->port, &port) != 0 ||
           selftest_watch_is_ours(test, &port);
}

/* The kernel frees the port at the end of the connection as well. */
enum ud_code ud_selftest_detach(struct ud_selftest *test, struct ud_error *err)
{
    const struct ud_kernel *kernel = test->helper->kernel;
    int why = holds_port(test) ? kernel->detach(kernel->ctx, test->port) : 0;
    bool gone = why == 0 ? await_gone(test) : selftest_watch_is_gone(test);
    ud_serving_stop(&test->serving);
    if (gone) {
        return UD_OK;
    }
    ud_selftest_send_log(test);
    return ud_selftest_failed(test, UD_SELFTEST_DETACH, UD_ERR_REFUSED, why, err,
                              "the kernel did not detach the device from port %u: %s; %s",
                              (unsigned)test->port, why != 0 ? strerror(why) : "it is still there",
                              await_gone(test) ? "the end of its connection freed the port"
                                               : "the port stays in use");
}
