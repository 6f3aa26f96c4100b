/* The running step in one line that is rewritten in place; finished steps stay. */
#include "report/reporter_base.h"

#include <stdio.h>
#include <string.h>

#include "report/format.h"

/* Back to the first column and clear to the end of the line. */
#define REWIND "\r\033[K"

static void report_tty_erase(struct ud_reporter *r)
{
    if (r->drawn) {
        ud_buf_adds(&r->out, REWIND);
        r->drawn = false;
    }
}

static const char *report_tty_spinner(const struct ud_reporter *r)
{
    static const char *const ascii[] = {"|", "/", "-", "\\"};
    static const char *const braille[] = {
        "\xe2\xa0\x8b", "\xe2\xa0\x99", "\xe2\xa0\xb9", "\xe2\xa0\xb8", "\xe2\xa0\xbc",
        "\xe2\xa0\xb4", "\xe2\xa0\xa6", "\xe2\xa0\xa7", "\xe2\xa0\x87", "\xe2\xa0\x8f",
    };
    return r->options.style.utf8 ? braille[r->frame % 10] : ascii[r->frame % 4];
}

static void report_tty_add_bytes(struct ud_buf *line, const struct ud_reporter *r)
{
    ud_buf_addf(line, "  %s", ud_format_size(r->done).text);
    if (r->total > 0) {
        ud_buf_addf(line, " of %s", ud_format_size(r->total).text);
    }
    double rate = ud_reporter_rate(r);
    if (rate >= 1) {
        ud_buf_addf(line, "  %s/s", ud_format_size((uint64_t)rate).text);
    }
}

static void add_count(struct ud_buf *line, const struct ud_reporter *r)
{
    ud_buf_addf(line, "  %llu", (unsigned long long)r->done);
    if (r->total > 0) {
        ud_buf_addf(line, "/%llu", (unsigned long long)r->total);
    }
    ud_buf_addf(line, " %s", r->unit);
}

/* Draws the running step, cut to one column less than the terminal has: a full
 * line makes some terminals wrap. */
static void report_tty_draw(struct ud_reporter *r)
{
    if (r->options.style.width < 20) {
        return;
    }
    struct ud_buf line;
    ud_buf_init(&line, r->out.max / 2);
    ud_buf_addf(&line, "%s %s %s %s", report_tty_spinner(r), r->title,
                ud_style_sign(&r->options.style, UD_SIGN_ELLIPSIS),
                ud_format_duration(ud_reporter_elapsed(r)).text);
    if (r->unit != NULL && strcmp(r->unit, "B") == 0) {
        report_tty_add_bytes(&line, r);
    } else if (r->unit != NULL) {
        add_count(&line, r);
    }
    if (r->activity != NULL) {
        ud_buf_addf(&line, "  %s", r->activity);
    }
    for (char *p = line.data; *p != '\0'; p++) {
        *p = *p == '\n' || *p == '\t' ? ' ' : *p;
    }
    report_tty_erase(r);
    ud_buf_add(&r->out, line.data, ud_text_fit(line.data, r->options.style.width - 1));
    ud_buf_done(&line);
    r->drawn = true;
}

static void draw_and_flush(struct ud_reporter *r)
{
    report_tty_draw(r);
    ud_reporter_flush(r);
}

static void report_tty_end(struct ud_reporter *r, enum ud_step_outcome outcome, const char *result)
{
    const struct ud_style *style = &r->options.style;
    bool failed = outcome == UD_STEP_FAILED;
    report_tty_erase(r);
    ud_buf_addf(
        &r->out, "%s%s%s %s %s %s", ud_style_on(style, failed ? UD_PAINT_BAD : UD_PAINT_GOOD),
        ud_style_sign(style, failed ? UD_SIGN_FAILED : UD_SIGN_DONE), ud_style_off(style), r->title,
        ud_style_sign(style, UD_SIGN_ELLIPSIS), ud_format_duration(ud_reporter_elapsed(r)).text);
    const char *more = failed ? r->activity : result;
    if (more != NULL && more[0] != '\0') {
        ud_buf_addf(&r->out, "  %s%s%s", ud_style_on(style, UD_PAINT_DIM), more,
                    ud_style_off(style));
    }
    ud_buf_adds(&r->out, "\n");
    ud_reporter_flush(r);
}

static void report_tty_message(struct ud_reporter *r, enum ud_report_level level, const char *text)
{
    bool was_drawn = r->drawn;
    report_tty_erase(r);
    ud_reporter_add_message(r, level, text);
    if (was_drawn) {
        report_tty_draw(r);
    }
    ud_reporter_flush(r);
}

const struct ud_reporter_ops ud_reporter_tty = {draw_and_flush, draw_and_flush, report_tty_end,
                                                report_tty_message};
