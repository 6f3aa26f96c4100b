#include "show/show.h"

#include <string.h>

#include "report/format.h"
#include "report/jsondoc.h"

enum { DAY = 10 }; /* bytes of "2026-11-24" */

static const char *or_dash(const char *text)
{
    return text[0] != '\0' ? text : "-";
}

static void show_day(const struct ud_page *page, const char *when, size_t width)
{
    char day[DAY + 1] = "-";
    if (strlen(when) >= DAY) {
        memcpy(day, when, DAY);
        day[DAY] = '\0';
    }
    ud_page_cell(page, day, width);
}

static void show_item(const struct ud_page *page, const struct ud_builders_item *item,
                      const struct ud_builders_options *options, const size_t *widths)
{
    ud_page_cell(page, item->name, widths[0] + 2);
    ud_page_cell(page, or_dash(item->compiler), widths[1] + 2);
    ud_page_cell(page, or_dash(item->base), widths[2] + 2);
    ud_page_cell(page, ud_format_size(item->size).text, 10);
    show_day(page, item->created, DAY + 2);
    show_day(page, item->used, options->prune ? DAY + 2 : 0);
    if (options->prune) {
        ud_page_text(page, options->dry_run ? "would be removed" : "removed");
    }
    ud_page_end(page);
}

void ud_show_builders(const struct ud_page *page, const struct ud_builders *builders,
                      const struct ud_builders_options *options)
{
    size_t widths[3] = {strlen("image"), strlen("compiler"), strlen("base")};
    if (builders->len == 0) {
        ud_page_text(page, "There are no builder images of ours.");
        ud_page_end(page);
        return;
    }
    for (size_t i = 0; i < builders->len; i++) {
        ud_page_widest(&widths[0], builders->items[i].name);
        ud_page_widest(&widths[1], builders->items[i].compiler);
        ud_page_widest(&widths[2], builders->items[i].base);
    }
    ud_page_cell(page, "image", widths[0] + 2);
    ud_page_cell(page, "compiler", widths[1] + 2);
    ud_page_cell(page, "base", widths[2] + 2);
    ud_page_cell(page, "size", 10);
    ud_page_cell(page, "created", DAY + 2);
    ud_page_text(page, "last used");
    ud_page_end(page);
    for (size_t i = 0; i < builders->len; i++) {
        show_item(page, &builders->items[i], options, widths);
    }
}

void ud_doc_builders(cJSON *document, const struct ud_builders *builders,
                     const struct ud_builders_options *options)
{
    if (options->prune) {
        ud_doc_bool(document, "dry_run", options->dry_run);
    }
    cJSON *array = ud_doc_array(document, "builders");
    for (size_t i = 0; i < builders->len; i++) {
        const struct ud_builders_item *item = &builders->items[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "name", item->name);
        ud_doc_text_if(object, "compiler", item->compiler);
        ud_doc_text_if(object, "base", item->base);
        ud_doc_u64(object, "size", item->size);
        ud_doc_text_if(object, "created", item->created);
        ud_doc_text_if(object, "last_used", item->used);
        if (options->prune) {
            ud_doc_bool(object, "removed", item->removed);
        }
    }
}

void ud_show_builder_made(const struct ud_page *page, const struct ud_builder_made *made)
{
    ud_page_textf(page, "%s %s: %s on %s", made->existed ? "There is" : "Made", made->name,
                  made->compiler, made->base);
    ud_page_end(page);
}

void ud_doc_builder_made(cJSON *document, const struct ud_builder_made *made)
{
    ud_doc_text(document, "name", made->name);
    ud_doc_text(document, "compiler", made->compiler);
    ud_doc_text(document, "base", made->base);
    ud_doc_bool(document, "existed", made->existed);
}
