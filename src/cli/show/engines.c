#include "show/show.h"

#include <string.h>

#include "report/jsondoc.h"

static const char *const states[] = {
    [UD_ENGINE_ANSWERS] = "answers",
    [UD_ENGINE_FAILS] = "fails",
    [UD_ENGINE_ABSENT] = "absent",
    [UD_ENGINE_NOT_ASKED] = "not asked",
};

static void show_place(const struct ud_page *page, const struct ud_engine_place *place,
                       const size_t *widths)
{
    ud_page_cell(page, place->chosen ? "*" : "", 2);
    ud_page_cell(page, place->endpoint, widths[0] + 2);
    ud_page_cell(page, place->origin, widths[1] + 2);
    if (place->state == UD_ENGINE_ANSWERS) {
        ud_page_textf(page, "%s %s, %s, %s", place->info.product, place->info.server_version,
                      place->info.operating_system, place->info.kernel);
    } else if (place->state == UD_ENGINE_NOT_ASKED) {
        ud_page_text(page, "not asked: ssh may ask you");
    } else {
        ud_page_text(page, place->why != NULL ? place->why : states[place->state]);
    }
    ud_page_end(page);
}

void ud_show_engines(const struct ud_page *page, const struct ud_engine_places *places)
{
    size_t widths[2] = {strlen("engine"), strlen("known as")};
    size_t absent = 0;
    for (size_t i = 0; i < places->len; i++) {
        if (places->items[i].state == UD_ENGINE_ABSENT) {
            absent++;
        } else {
            ud_page_widest(&widths[0], places->items[i].endpoint);
            ud_page_widest(&widths[1], places->items[i].origin);
        }
    }
    if (absent < places->len) {
        ud_page_cell(page, "", 2);
        ud_page_cell(page, "engine", widths[0] + 2);
        ud_page_cell(page, "known as", widths[1] + 2);
        ud_page_text(page, "what it says");
        ud_page_end(page);
    }
    for (size_t i = 0; i < places->len; i++) {
        if (places->items[i].state != UD_ENGINE_ABSENT) {
            show_place(page, &places->items[i], widths);
        }
    }
    if (absent > 0) {
        ud_page_textf(page, "At %zu known place%s there is none.", absent, absent == 1 ? "" : "s");
        ud_page_end(page);
    }
    if (places->failure != NULL) {
        ud_page_textf(page, "None is chosen: %s.", places->failure);
        ud_page_end(page);
    }
}

void ud_doc_engines(cJSON *document, const struct ud_engine_places *places)
{
    cJSON *array = ud_doc_array(document, "engines");
    for (size_t i = 0; i < places->len; i++) {
        const struct ud_engine_place *place = &places->items[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "endpoint", place->endpoint);
        ud_doc_text(object, "origin", place->origin);
        ud_doc_bool(object, "chosen", place->chosen);
        ud_doc_text(object, "state", states[place->state]);
        if (place->why != NULL) {
            ud_doc_text(object, "error", place->why);
        }
        if (place->state == UD_ENGINE_ANSWERS) {
            ud_doc_text(object, "product", place->info.product);
            ud_doc_text(object, "version", place->info.server_version);
            ud_doc_text(object, "api_version", place->info.api_version);
            ud_doc_text(object, "operating_system", place->info.operating_system);
            ud_doc_text(object, "kernel", place->info.kernel);
            ud_doc_text(object, "architecture", place->info.arch);
        }
    }
    if (places->failure != NULL) {
        ud_doc_text(document, "failure", places->failure);
    }
}
