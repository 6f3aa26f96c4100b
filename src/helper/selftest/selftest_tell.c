/* What each part of the self-test has to say. */
#include <stdarg.h>
#include <stdio.h>

#include "selftest/selftest.h"
#include "sys/usb_log.h"

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
    struct ud_strv lines = {0};
    ud_usb_log_read(test->helper->kernel, &lines);
    ud_usb_log_send(test->helper->emit, &lines);
    ud_strv_done(&lines);
}
