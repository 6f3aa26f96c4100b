#include "util/report.h"

#include <stdarg.h>
#include <stdlib.h>

#include "util/mem.h"

void ud_report_step(const struct ud_report *report, const char *fmt, ...)
{
    if (report == NULL || report->step_begin == NULL) {
        return;
    }
    va_list args;
    va_start(args, fmt);
    char *text = ud_vstrf(fmt, args);
    va_end(args);
    report->step_begin(report->ctx, text);
    free(text);
}

void ud_report_progress(const struct ud_report *report, uint64_t done, uint64_t total,
                        const char *unit)
{
    if (report != NULL && report->progress != NULL) {
        report->progress(report->ctx, done, total, unit);
    }
}

void ud_report_activity(const struct ud_report *report, const char *text)
{
    if (report != NULL && report->activity != NULL) {
        report->activity(report->ctx, text);
    }
}

void ud_report_step_fail(const struct ud_report *report)
{
    if (report != NULL && report->step_fail != NULL) {
        report->step_fail(report->ctx);
    }
}

void ud_report_step_end(const struct ud_report *report, const char *fmt, ...)
{
    if (report == NULL || report->step_end == NULL) {
        return;
    }
    if (fmt == NULL) {
        report->step_end(report->ctx, NULL);
        return;
    }
    va_list args;
    va_start(args, fmt);
    char *text = ud_vstrf(fmt, args);
    va_end(args);
    report->step_end(report->ctx, text);
    free(text);
}

void ud_report_message(const struct ud_report *report, enum ud_report_level level, const char *fmt,
                       ...)
{
    if (report == NULL || report->message == NULL) {
        return;
    }
    va_list args;
    va_start(args, fmt);
    char *text = ud_vstrf(fmt, args);
    va_end(args);
    report->message(report->ctx, level, text);
    free(text);
}
