#include "show/show.h"

#include "report/format.h"

static const char *what_happened(const struct ud_inventory_item *item, bool dry_run)
{
    if (dry_run) {
        return item->kept != NULL ? "would be kept" : "would be removed";
    }
    return item->removed ? "removed" : "kept";
}

static void show_what_happened(const struct ud_page *page, const struct ud_inventory_item *item,
                               bool dry_run)
{
    bool kept = item->kept != NULL || (!dry_run && !item->removed);
    ud_page_paint(page, kept ? UD_PAINT_WARN : UD_PAINT_GOOD, what_happened(item, dry_run));
    if (item->kept != NULL) {
        ud_page_textf(page, ": %s", item->kept);
    }
}

static void show_total(const struct ud_page *page, const struct ud_inventory *inventory,
                       bool dry_run)
{
    uint64_t bytes = 0;
    unsigned count = 0;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct ud_inventory_item *item = &inventory->items[i];
        if (item->removed || (dry_run && item->kept == NULL)) {
            bytes += item->size;
            count++;
        }
    }
    ud_page_textf(page, "%s %u of %u, %s", dry_run ? "would remove" : "removed", count,
                  (unsigned)inventory->count, ud_format_size(bytes).text);
    ud_page_end(page);
}

void ud_show_clean(const struct ud_page *page, const struct ud_inventory *inventory, bool dry_run)
{
    if (inventory->count == 0) {
        ud_page_text(page, "There is nothing of ours to remove.");
        ud_page_end(page);
        return;
    }
    size_t name = 0;
    for (size_t i = 0; i < inventory->count; i++) {
        ud_page_widest(&name, inventory->items[i].name);
    }
    for (size_t i = 0; i < inventory->count; i++) {
        const struct ud_inventory_item *item = &inventory->items[i];
        ud_page_cell(page, item->kind, 11);
        ud_page_cell(page, item->name, name + 2);
        ud_page_cell(page, item->size > 0 ? ud_format_size(item->size).text : "-", 10);
        show_what_happened(page, item, dry_run);
        ud_page_end(page);
    }
    show_total(page, inventory, dry_run);
}
