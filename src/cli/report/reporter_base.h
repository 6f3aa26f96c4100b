/* What the reporters share. reporter.c keeps the step that runs and calls
 * these; each may be NULL. */
#ifndef CLI_REPORT_REPORTER_BASE_H
#define CLI_REPORT_REPORTER_BASE_H

#include "report/reporter.h"
#include "util/buf.h"

enum ud_step_outcome { UD_STEP_OK, UD_STEP_FAILED };

struct ud_reporter_ops {
    void (*begin)(struct ud_reporter *r);
    /* At most one in a tenth of a second. */
    void (*update)(struct ud_reporter *r);
    /* result may be NULL. */
    void (*end)(struct ud_reporter *r, enum ud_step_outcome outcome, const char *result);
    void (*message)(struct ud_reporter *r, enum ud_report_level level, const char *text);
};

struct ud_reporter {
    struct ud_reporter_options options;
    struct ud_report report;
    const struct ud_reporter_ops *ops;
    struct ud_buf out; /* scratch, written by ud_reporter_flush */
    char *title;       /* of the step that runs, or NULL */
    char *activity;    /* or NULL */
    char *unit;        /* of done and total, or NULL while there is no progress */
    uint64_t done;
    uint64_t total;
    uint64_t began_ms;
    uint64_t progress_ms;   /* when the first progress of the step came */
    uint64_t progress_from; /* what was done then */
    uint64_t updated_ms;    /* the last call of update */
    unsigned frame;         /* counts updates */
    bool drawn;             /* TTY: the running step is on the screen */
};

extern const struct ud_reporter_ops ud_reporter_plain;
extern const struct ud_reporter_ops ud_reporter_tty;
extern const struct ud_reporter_ops ud_reporter_json;

/* Writes and empties r->out. */
void ud_reporter_flush(struct ud_reporter *r);

/* Milliseconds since the step began. */
uint64_t ud_reporter_elapsed(const struct ud_reporter *r);

/* Adds "warning: text" and the like with a line end. */
void ud_reporter_add_message(struct ud_reporter *r, enum ud_report_level level, const char *text);

/* Units a second since the first progress of the step, 0 while unknown. */
double ud_reporter_rate(const struct ud_reporter *r);

#endif
