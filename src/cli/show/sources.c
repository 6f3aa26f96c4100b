#include "show/show.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/format.h"
#include "report/jsondoc.h"

enum { KIND_COLUMNS = 10, GIFTS_MAX = 256 };

/* "configuration, Module.symvers, sources", in new memory. */
static char *sources_gifts(unsigned gives)
{
    struct ud_buf text;
    ud_buf_init(&text, GIFTS_MAX);
    for (unsigned bit = 0; bit < UD_ROUTE_GIFT_COUNT; bit++) {
        if ((gives & (1u << bit)) != 0) {
            ud_buf_addf(&text, "%s%s", text.len > 0 ? ", " : "", ud_route_gift_name(1u << bit));
        }
    }
    char *result = ud_buf_take(&text, NULL);
    ud_buf_done(&text);
    return result;
}

static void sources_show_line(const struct ud_page *page, const char *label, const char *text)
{
    ud_page_label(page, "");
    ud_page_cell(page, label, KIND_COLUMNS);
    ud_page_text(page, text);
    ud_page_end(page);
}

static void show_route(const struct ud_page *page, const struct ud_route *route, size_t number)
{
    char label[24];
    (void)snprintf(label, sizeof label, "%zu", number);
    ud_page_label(page, label);
    ud_page_cell(page, ud_route_kind_name(route->kind), KIND_COLUMNS);
    ud_page_text(page, route->what);
    ud_page_end(page);
    char *gives = sources_gifts(route->gives);
    sources_show_line(page, "gives", gives);
    sources_show_line(page, "why", route->why);
    if (route->changed && route->unusable == NULL) {
        sources_show_line(page, "proof", "used only if the running kernel proves them its own");
    }
    if (route->by_hand != NULL) {
        sources_show_line(page, route->unusable == NULL ? "or" : "by hand", route->by_hand);
    } else if (route->unusable != NULL) {
        sources_show_line(page, "not here", route->unusable);
    }
    free(gives);
}

void ud_show_sources(const struct ud_page *page, const struct ud_sources_listed *listed)
{
    ud_page_label(page, "kernel");
    ud_page_textf(page, "%s%s%s, %s", listed->release.text, listed->machine != NULL ? " " : "",
                  listed->machine != NULL ? listed->machine : "",
                  ud_flavor_name(listed->release.flavor));
    ud_page_end(page);
    if (listed->config_known) {
        ud_page_label(page, "needs");
        ud_page_textf(page, "sources%s%s",
                      listed->needs_symvers ? ", Module.symvers (CONFIG_MODVERSIONS)" : "",
                      listed->needs_seed ? ", layout seed (CONFIG_RANDSTRUCT)" : "");
        ud_page_end(page);
    }
    for (size_t i = 0; i < listed->routes.len; i++) {
        show_route(page, &listed->routes.items[i], i + 1);
    }
}

static void json_route(cJSON *array, const struct ud_route *route)
{
    cJSON *object = ud_doc_array_object(array);
    ud_doc_text(object, "kind", ud_route_kind_name(route->kind));
    ud_doc_text(object, "what", route->what);
    ud_doc_strv(object, "names", &route->names);
    struct ud_strv gives = {0};
    for (unsigned bit = 0; bit < UD_ROUTE_GIFT_COUNT; bit++) {
        if ((route->gives & (1u << bit)) != 0) {
            ud_strv_add(&gives, ud_route_gift_name(1u << bit));
        }
    }
    ud_doc_strv(object, "gives", &gives);
    ud_strv_done(&gives);
    ud_doc_text(object, "why", route->why);
    ud_doc_bool(object, "usable", route->unusable == NULL);
    if (route->changed) {
        ud_doc_bool(object, "must_prove", true);
    }
    ud_doc_text_if(object, "unusable", route->unusable);
    ud_doc_text_if(object, "by_hand", route->by_hand);
}

void ud_doc_sources(cJSON *document, const struct ud_sources_listed *listed)
{
    cJSON *kernel = ud_doc_object(document, "kernel");
    ud_doc_text(kernel, "release", listed->release.text);
    ud_doc_text(kernel, "machine", listed->machine);
    ud_doc_text(kernel, "flavor", ud_flavor_name(listed->release.flavor));
    ud_doc_text(kernel, "sources_version", listed->release.upstream);
    if (listed->config_known) {
        ud_doc_bool(kernel, "needs_symvers", listed->needs_symvers);
        ud_doc_bool(kernel, "needs_seed", listed->needs_seed);
    }
    cJSON *array = ud_doc_array(document, "routes");
    for (size_t i = 0; i < listed->routes.len; i++) {
        json_route(array, &listed->routes.items[i]);
    }
}
