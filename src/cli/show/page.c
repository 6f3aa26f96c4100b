#include "show/show.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report/format.h"
#include "util/mem.h"
#include "util/str.h"

enum { LABEL_COLUMNS = 9, TEXT_MAX = 2048 };

void ud_page_text(const struct ud_page *page, const char *text)
{
    char *clean = ud_hints_complete(text, page->style->hints);
    ud_str_sanitize(clean);
    for (char *p = clean; *p != '\0'; p++) {
        *p = *p == '\n' || *p == '\t' ? ' ' : *p;
    }
    ud_buf_adds(page->out, clean);
    free(clean);
}

void ud_page_textf(const struct ud_page *page, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = ud_vstrf(fmt, args);
    va_end(args);
    ud_page_text(page, text);
    free(text);
}

void ud_page_paint(const struct ud_page *page, enum ud_paint paint, const char *text)
{
    ud_buf_adds(page->out, ud_style_on(page->style, paint));
    ud_page_text(page, text);
    ud_buf_adds(page->out, ud_style_off(page->style));
}

void ud_page_label(const struct ud_page *page, const char *label)
{
    if (label[0] != '\0') {
        ud_page_paint(page, UD_PAINT_BOLD, label);
    }
    size_t used = ud_text_columns(label);
    ud_text_pad(page->out, used < LABEL_COLUMNS ? LABEL_COLUMNS - used : 1);
}

void ud_page_end(const struct ud_page *page)
{
    ud_buf_adds(page->out, "\n");
}

void ud_page_cell(const struct ud_page *page, const char *text, size_t width)
{
    ud_page_text(page, text);
    size_t used = ud_text_columns(text);
    ud_text_pad(page->out, used < width ? width - used : 0);
}

void ud_page_widest(size_t *width, const char *text)
{
    size_t columns = ud_text_columns(text);
    *width = columns > *width ? columns : *width;
}

char *ud_page_modules(const struct ud_plan *plan, enum ud_origin origin)
{
    const char *names[UD_PLAN_MODULE_COUNT];
    size_t count = 0;
    for (unsigned i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        if (plan->items[i].origin == origin) {
            names[count++] = ud_plan_module_name((enum ud_plan_module)i);
        }
    }
    struct ud_buf list;
    ud_buf_init(&list, TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        ud_buf_addf(&list, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", names[i]);
    }
    char *text = ud_buf_take(&list, NULL);
    ud_buf_done(&list);
    return text;
}
