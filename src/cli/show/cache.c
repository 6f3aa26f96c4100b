#include "show/show.h"

#include <stdio.h>

#include "report/format.h"
#include "report/jsondoc.h"

enum { AGE_MAX = 32, MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static void age_text(int64_t created, int64_t now, char text[AGE_MAX])
{
    int64_t age = now > created ? now - created : 0;
    if (created == 0) {
        (void)snprintf(text, AGE_MAX, "-");
    } else if (age < 2 * HOUR) {
        (void)snprintf(text, AGE_MAX, "%lld min", (long long)(age / MINUTE));
    } else if (age < 2 * DAY) {
        (void)snprintf(text, AGE_MAX, "%lld h", (long long)(age / HOUR));
    } else {
        (void)snprintf(text, AGE_MAX, "%lld days", (long long)(age / DAY));
    }
}

/* Most of a file's path is the same for all. */
static const char *short_name(const struct ud_cache_item *item)
{
    const char *name = item->name;
    for (const char *p = name; item->place == NULL && *p != '\0'; p++) {
        name = *p == '/' || *p == '\\' ? p + 1 : name;
    }
    return name;
}

static uint64_t cache_total(const struct ud_cache *cache)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < cache->count; i++) {
        bytes += cache->items[i].size;
    }
    return bytes;
}

static void show_items(const struct ud_page *page, const struct ud_cache *cache, int64_t now)
{
    for (size_t i = 0; i < cache->count; i++) {
        const struct ud_cache_item *item = &cache->items[i];
        char age[AGE_MAX];
        age_text(item->created, now, age);
        ud_page_cell(page, ud_cache_kind_name(item->kind), 10);
        ud_page_cell(page, ud_format_size(item->size).text, 10);
        ud_page_cell(page, age, 10);
        ud_page_text(page, short_name(item));
        if (item->place != NULL) {
            ud_page_textf(page, " at %s", item->place);
        }
        ud_page_end(page);
    }
}

void ud_show_cache(const struct ud_page *page, const struct ud_cache *cache, int64_t now,
                   const char *verb)
{
    show_items(page, cache, now);
    if (cache->count == 0) {
        ud_page_text(page, "Nothing is kept.");
    } else {
        ud_page_textf(page, "%s %u, %s", verb, (unsigned)cache->count,
                      ud_format_size(cache_total(cache)).text);
    }
    ud_page_end(page);
}

void ud_doc_cache(cJSON *document, const struct ud_cache *cache)
{
    cJSON *array = ud_doc_array(document, "items");
    for (size_t i = 0; i < cache->count; i++) {
        const struct ud_cache_item *item = &cache->items[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "kind", ud_cache_kind_name(item->kind));
        ud_doc_text(object, "name", item->name);
        ud_doc_text_if(object, "engine", item->place);
        ud_doc_u64(object, "size", item->size);
        ud_doc_u64(object, "created", (uint64_t)item->created);
        ud_doc_bool(object, "removed", item->removed);
    }
}
