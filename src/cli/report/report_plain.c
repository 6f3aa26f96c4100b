/* One line for each step, when it ends: for logs and pipes. */
#include "report/reporter_base.h"

#include "report/format.h"

static void report_plain_end(struct ud_reporter *r, enum ud_step_outcome outcome,
                             const char *result)
{
    struct ud_format time = ud_format_duration(ud_reporter_elapsed(r));
    bool failed = outcome == UD_STEP_FAILED;
    ud_buf_addf(&r->out, "%s %s %s (%s)", r->title,
                ud_style_sign(&r->options.style, UD_SIGN_ELLIPSIS), failed ? "failed" : "ok",
                time.text);
    if (failed && r->activity != NULL) {
        ud_buf_addf(&r->out, " at: %s", r->activity);
    } else if (result != NULL && result[0] != '\0') {
        ud_buf_addf(&r->out, " %s", result);
    }
    ud_buf_adds(&r->out, "\n");
    ud_reporter_flush(r);
}

static void report_plain_message(struct ud_reporter *r, enum ud_report_level level,
                                 const char *text)
{
    ud_reporter_add_message(r, level, text);
    ud_reporter_flush(r);
}

const struct ud_reporter_ops ud_reporter_plain = {.end = report_plain_end,
                                                  .message = report_plain_message};
