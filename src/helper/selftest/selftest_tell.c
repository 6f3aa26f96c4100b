/* What each part of the self-test has to say. */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "selftest/selftest.h"
#include "sys/kmsg.h"

uint64_t ud_selftest_now_ms(void)
{
    struct timespec time = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

enum ud_code ud_selftest_failed(const struct ud_selftest *test, const char *step, enum ud_code code,
                                int why, struct ud_error *err, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    ud_emit_result(test->helper->emit, step, UD_VERDICT_FAILED, why, text);
    return ud_fail(err, code, NULL, "%s", text);
}

void ud_selftest_send_log(const struct ud_selftest *test)
{
    static const char *const names[] = {"vhci_hcd", "usbip_core", "usb", "hub"};
    const struct ud_kernel *kernel = test->helper->kernel;
    struct ud_strv lines = {0};
    kernel->log_read(kernel->ctx, &lines);
    for (size_t i = 0; i < lines.len; i++) {
        bool concerns = false;
        for (size_t k = 0; k < sizeof names / sizeof names[0] && !concerns; k++) {
            concerns = ud_kmsg_names(ud_slice_of(lines.items[i]), names[k]);
        }
        if (concerns) {
            ud_emit_klog(test->helper->emit, "vhci_hcd", lines.items[i]);
        }
    }
    ud_strv_done(&lines);
}
