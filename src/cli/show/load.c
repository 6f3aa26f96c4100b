#include "show/show.h"

#include <string.h>

#include "report/jsondoc.h"

static enum ud_paint load_paint_of(const char *verdict)
{
    if (strcmp(verdict, "foreign") == 0) {
        return UD_PAINT_WARN;
    }
    bool changed = strcmp(verdict, "inserted") == 0 || strcmp(verdict, "removed") == 0;
    return changed ? UD_PAINT_GOOD : UD_PAINT_DIM;
}

static void load_show_modules(const struct ud_page *page, const struct ud_load_result *result)
{
    size_t name = 0;
    size_t verdict = 0;
    for (size_t i = 0; i < result->module_count; i++) {
        ud_page_widest(&name, result->modules[i].name);
        ud_page_widest(&verdict, result->modules[i].verdict);
    }
    for (size_t i = 0; i < result->module_count; i++) {
        const struct ud_module_outcome *module = &result->modules[i];
        ud_page_label(page, i == 0 ? "modules" : "");
        ud_page_cell(page, module->name, name + 2);
        ud_page_paint(page, load_paint_of(module->verdict), module->verdict);
        ud_page_cell(page, "", verdict + 2 - strlen(module->verdict));
        ud_page_text(page, module->origin);
        if (module->detail[0] != '\0') {
            ud_page_textf(page, ": %s", module->detail);
        }
        ud_page_end(page);
    }
}

static void load_show_line(const struct ud_page *page, const char *label, const char *text)
{
    ud_page_label(page, label);
    ud_page_text(page, text);
    ud_page_end(page);
}

static size_t count_verdict(const struct ud_load_result *result, const char *verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < result->module_count; i++) {
        n += strcmp(result->modules[i].verdict, verdict) == 0 ? 1 : 0;
    }
    return n;
}

void ud_show_load(const struct ud_page *page, const struct ud_load_result *result)
{
    load_show_line(page, "kernel", result->release);
    load_show_modules(page, result);
    ud_show_ports(page, &result->ports, NULL);
    load_show_line(page, "ready",
                   count_verdict(result, "inserted") > 0
                       ? "USB/IP works in the VM until it restarts"
                       : "USB/IP was there already, nothing was inserted");
}

void ud_show_unload(const struct ud_page *page, const struct ud_load_result *result)
{
    load_show_line(page, "kernel", result->release);
    load_show_modules(page, result);
    if (count_verdict(result, "removed") == 0) {
        load_show_line(page, "done", "there was nothing of ours to remove");
    }
    if (result->installed) {
        load_show_line(page, "note",
                       "what is installed inserts modules again when the engine starts: "
                       "`usbipd-desktop uninstall` removes it");
    }
}

void ud_doc_load(cJSON *document, const struct ud_load_result *result, bool with_ports)
{
    ud_doc_text(document, "release", result->release);
    cJSON *array = ud_doc_array(document, "modules");
    for (size_t i = 0; i < result->module_count; i++) {
        const struct ud_module_outcome *module = &result->modules[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "name", module->name);
        ud_doc_text(object, "verdict", module->verdict);
        ud_doc_text(object, "origin", module->origin);
        ud_doc_text_if(object, "detail", module->detail);
    }
    if (with_ports) {
        ud_doc_ports(document, &result->ports, NULL);
    } else {
        ud_doc_bool(document, "installed", result->installed);
    }
}
