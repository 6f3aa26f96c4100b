#include "report/reporter.h"

#include <stdlib.h>
#include <string.h>

#include "report/format.h"
#include "report/reporter_base.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

enum { OUT_MAX = 64 * 1024 };

static void reporter_set(char **text, const char *value)
{
    free(*text);
    *text = value != NULL ? ud_strdup(value) : NULL;
    if (*text != NULL) {
        ud_str_sanitize(*text);
        for (char *p = *text; *p != '\0'; p++) {
            *p = *p == '\n' ? ' ' : *p;
        }
    }
}

uint64_t ud_reporter_elapsed(const struct ud_reporter *r)
{
    return r->options.now_ms() - r->began_ms;
}

double ud_reporter_rate(const struct ud_reporter *r)
{
    uint64_t ms = r->options.now_ms() - r->progress_ms;
    if (r->unit == NULL || ms < 500 || r->done <= r->progress_from) {
        return 0;
    }
    return (double)(r->done - r->progress_from) * 1000 / (double)ms;
}

void ud_reporter_flush(struct ud_reporter *r)
{
    if (r->out.len > 0) {
        r->options.write(r->options.write_ctx, r->out.data, r->out.len);
    }
    ud_buf_clear(&r->out);
}

static void end_step(struct ud_reporter *r, enum ud_step_outcome outcome, const char *result)
{
    if (r->title == NULL) {
        return;
    }
    char *text = NULL;
    reporter_set(&text, result);
    if (r->options.steps && r->ops->end != NULL) {
        r->ops->end(r, outcome, text);
    }
    free(text);
    reporter_set(&r->title, NULL);
    reporter_set(&r->activity, NULL);
    reporter_set(&r->unit, NULL);
}

static void on_step_begin(void *ctx, const char *title)
{
    struct ud_reporter *r = ctx;
    end_step(r, UD_STEP_OK, NULL);
    reporter_set(&r->title, title);
    r->began_ms = r->options.now_ms();
    r->updated_ms = r->began_ms;
    if (r->options.steps && r->ops->begin != NULL) {
        r->ops->begin(r);
    }
}

static void reporter_update(struct ud_reporter *r)
{
    uint64_t now = r->options.now_ms();
    if (r->title == NULL || !r->options.steps || r->ops->update == NULL ||
        now - r->updated_ms < UD_PATIENCE_REDRAW_MS) {
        return;
    }
    r->updated_ms = now;
    r->frame++;
    r->ops->update(r);
}

static void on_progress(void *ctx, uint64_t done, uint64_t total, const char *unit)
{
    struct ud_reporter *r = ctx;
    if (r->unit == NULL || strcmp(r->unit, unit) != 0 || done < r->done) {
        reporter_set(&r->unit, unit);
        r->progress_ms = r->options.now_ms();
        r->progress_from = done;
    }
    r->done = done;
    r->total = total;
    reporter_update(r);
}

static void on_activity(void *ctx, const char *text)
{
    struct ud_reporter *r = ctx;
    reporter_set(&r->activity, text);
    reporter_update(r);
}

static void on_step_end(void *ctx, const char *result)
{
    end_step(ctx, UD_STEP_OK, result);
}

static void on_step_fail(void *ctx)
{
    end_step(ctx, UD_STEP_FAILED, NULL);
}

static void reporter_on_message(void *ctx, enum ud_report_level level, const char *text)
{
    struct ud_reporter *r = ctx;
    if (level < r->options.least || r->ops->message == NULL) {
        return;
    }
    char *clean = ud_hints_complete(text, r->options.style.hints);
    ud_str_sanitize(clean);
    r->ops->message(r, level, clean);
    free(clean);
}

struct ud_reporter *ud_reporter_new(const struct ud_reporter_options *options)
{
    static const struct ud_reporter_ops none = {0};
    static const struct ud_reporter_ops *const all[] = {
        [UD_PROGRESS_AUTO] = &ud_reporter_plain,
        [UD_PROGRESS_PLAIN] = &ud_reporter_plain,
        [UD_PROGRESS_TTY] = &ud_reporter_tty,
        [UD_PROGRESS_JSON] = &ud_reporter_json,
        [UD_PROGRESS_NONE] = &none,
    };
    struct ud_reporter *r = ud_alloc(1, sizeof *r);
    r->options = *options;
    r->ops = all[options->mode];
    r->report = (struct ud_report){r,           on_step_begin,       on_progress, on_activity,
                                   on_step_end, reporter_on_message, on_step_fail};
    ud_buf_init(&r->out, OUT_MAX);
    return r;
}

const struct ud_report *ud_reporter_report(const struct ud_reporter *reporter)
{
    return &reporter->report;
}

void ud_reporter_close(struct ud_reporter *reporter, bool failed)
{
    end_step(reporter, failed ? UD_STEP_FAILED : UD_STEP_OK, NULL);
}

void ud_reporter_free(struct ud_reporter *reporter)
{
    if (reporter == NULL) {
        return;
    }
    free(reporter->title);
    free(reporter->activity);
    free(reporter->unit);
    ud_buf_done(&reporter->out);
    free(reporter);
}

void ud_reporter_add_message(struct ud_reporter *r, enum ud_report_level level, const char *text)
{
    static const struct {
        const char *word;
        enum ud_paint paint;
    } levels[] = {
        [UD_REPORT_DEBUG] = {"debug: ", UD_PAINT_DIM},
        [UD_REPORT_DETAIL] = {"  ", UD_PAINT_DIM},
        [UD_REPORT_NOTE] = {"note: ", UD_PAINT_BOLD},
        [UD_REPORT_WARN] = {"warning: ", UD_PAINT_WARN},
    };
    const struct ud_style *style = &r->options.style;
    ud_buf_addf(&r->out, "%s%s%s", ud_style_on(style, levels[level].paint), levels[level].word,
                ud_style_off(style));
    ud_text_lines(&r->out, text, 4);
}
