/* The command line's implementations of struct ud_report. Each writes through
 * a function pointer and reads the time through another, so that tests can
 * watch them. All text is sanitized. */
#ifndef CLI_REPORT_REPORTER_H
#define CLI_REPORT_REPORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/style.h"
#include "util/report.h"

enum ud_progress_mode {
    UD_PROGRESS_AUTO, /* must be resolved before ud_reporter_new */
    UD_PROGRESS_PLAIN,
    UD_PROGRESS_TTY,
    UD_PROGRESS_JSON,
    UD_PROGRESS_NONE
};

struct ud_reporter_options {
    enum ud_progress_mode mode;
    struct ud_style style;      /* a width of 0 leaves running steps of TTY untold */
    enum ud_report_level least; /* messages below are dropped */
    bool steps;                 /* tell steps at all */
    void (*write)(void *ctx, const char *data, size_t len);
    void *write_ctx;
    uint64_t (*now_ms)(void);
};

struct ud_reporter;

struct ud_reporter *ud_reporter_new(const struct ud_reporter_options *options);

/* Borrowed, for the reporter's life. */
const struct ud_report *ud_reporter_report(const struct ud_reporter *reporter);

/* Call when the command ended, before its result or error is printed: a step
 * that is still running has failed if failed is true, else it ended well. */
void ud_reporter_close(struct ud_reporter *reporter, bool failed);

void ud_reporter_free(struct ud_reporter *reporter);

#endif
