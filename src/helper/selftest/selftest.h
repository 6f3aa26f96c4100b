/* What the parts of the self-test share. */
#ifndef HELPER_SELFTEST_SELFTEST_H
#define HELPER_SELFTEST_SELFTEST_H

#include "host/serving.h"
#include "sys/helper.h"
#include "usbip/vhci_status.h"

struct ud_selftest {
    struct ud_helper *helper;
    struct ud_serving serving;
    char serial[UD_TESTDEV_SERIAL_MAX + 1];
    uint32_t devid; /* made up: by which the port's line is known to be ours */
    uint32_t port;
    char busid[32]; /* once it is known */
    bool authorized;
    uint64_t begun_ms; /* when it was attached */
    uint64_t took_ms;  /* to be configured */
    unsigned urbs;
};

/* Says that a step (UD_SELFTEST_*) did not happen, why is an errno number or 0; returns code. */
enum ud_code ud_selftest_failed(const struct ud_selftest *test, const char *step, enum ud_code code,
                                int why, struct ud_error *err, const char *fmt, ...)
    UD_PRINTF(6, 7);

/* Sends what the kernel has said of USB since the last time. */
void ud_selftest_send_log(const struct ud_selftest *test);

/* Waits until the device on the port is configured, and fills busid, authorized,
 * took_ms and urbs. */
UD_MUST_CHECK enum ud_code ud_selftest_await(struct ud_selftest *test, struct ud_error *err);

/* Detaches the device, waits until port and device are gone, and ends the
 * connection, however that goes. */
UD_MUST_CHECK enum ud_code ud_selftest_detach(struct ud_selftest *test, struct ud_error *err);

#endif
