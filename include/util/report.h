/* What a running command tells its user, as an interface: the lower layers
 * call it, the command line implements it. All text is plain, without line
 * ends; implementations sanitize what came from elsewhere. */
#ifndef UTIL_REPORT_H
#define UTIL_REPORT_H

#include <stdint.h>

#include "util/error.h"

enum ud_report_level {
    UD_REPORT_DEBUG,  /* only with --debug: requests, decisions */
    UD_REPORT_DETAIL, /* only with -v: tool output, lists */
    UD_REPORT_NOTE,   /* worth knowing */
    UD_REPORT_WARN    /* worth acting on */
};

struct ud_report {
    void *ctx;
    /* A step begins; it ends with step_end or with the next step_begin. */
    void (*step_begin)(void *ctx, const char *title);
    /* Within a step: done of total units; total 0 when unknown; unit is "B" for bytes or a noun. */
    void (*progress)(void *ctx, uint64_t done, uint64_t total, const char *unit);
    /* Within a step: what is being worked on, such as "CC [M] drivers/usb/core/hub.o". */
    void (*activity)(void *ctx, const char *text);
    /* The step ended well; result is a short summary or NULL. */
    void (*step_end)(void *ctx, const char *result);
    void (*message)(void *ctx, enum ud_report_level level, const char *text);
    /* The step did not succeed, and the command goes on by another way. */
    void (*step_fail)(void *ctx);
};

/* Each tolerates a NULL report and a NULL member. */
void ud_report_step(const struct ud_report *report, const char *fmt, ...) UD_PRINTF(2, 3);
void ud_report_progress(const struct ud_report *report, uint64_t done, uint64_t total,
                        const char *unit);
void ud_report_activity(const struct ud_report *report, const char *text);
void ud_report_step_end(const struct ud_report *report, const char *fmt, ...) UD_PRINTF(2, 3);
/* Ends the step, if one is open, where an error of it is not the command's. */
void ud_report_step_fail(const struct ud_report *report);
void ud_report_message(const struct ud_report *report, enum ud_report_level level, const char *fmt,
                       ...) UD_PRINTF(3, 4);

#endif
