#include "show/show.h"

#include <string.h>

#include "report/format.h"
#include "report/jsondoc.h"

/* Where a check's line has its columns. */
struct columns {
    size_t name, verdict;
};

static enum ud_paint verify_paint_of(enum ud_found verdict)
{
    static const enum ud_paint paints[] = {
        [UD_FOUND_OK] = UD_PAINT_GOOD,
        [UD_FOUND_UNKNOWN] = UD_PAINT_DIM,
        [UD_FOUND_WARNING] = UD_PAINT_WARN,
        [UD_FOUND_ERROR] = UD_PAINT_BAD,
    };
    return paints[verdict];
}

static void show_finding(const struct ud_page *page, const struct ud_finding *item)
{
    ud_page_label(page, "");
    ud_page_text(page, "  ");
    ud_page_paint(page, verify_paint_of(item->verdict),
                  item->module[0] != '\0' ? item->module : "-");
    ud_page_textf(page, "%s%s", item->module[0] != '\0' ? ": " : " ", item->text);
    ud_page_end(page);
}

/* Often the same for each module: said once. */
static void show_remedy(const struct ud_page *page, const char *remedy)
{
    ud_page_label(page, "");
    ud_page_text(page, "  ");
    ud_page_text(page, ud_style_sign(page->style, UD_SIGN_NEXT));
    ud_page_textf(page, " %s", remedy);
    ud_page_end(page);
}

static void show_findings(const struct ud_page *page, const struct ud_verify_check *check)
{
    for (size_t i = 0; i < check->len; i++) {
        const struct ud_finding *item = &check->items[i];
        bool last = i + 1 == check->len || strcmp(check->items[i + 1].remedy, item->remedy) != 0;
        show_finding(page, item);
        if (last && item->remedy[0] != '\0') {
            show_remedy(page, item->remedy);
        }
    }
}

static void show_check(const struct ud_page *page, const struct ud_verify_check *check,
                       const char *label, const struct columns *columns)
{
    enum ud_found verdict = ud_verify_check_verdict(check);
    const char *word = ud_found_name(verdict);
    ud_page_label(page, label);
    ud_page_cell(page, check->name, columns->name + 2);
    ud_page_paint(page, verify_paint_of(verdict), word);
    ud_page_cell(page, "", columns->verdict + 2 - strlen(word));
    ud_page_text(page, check->compared);
    ud_page_end(page);
    show_findings(page, check);
}

static void show_verdict(const struct ud_page *page, const struct ud_findings *findings)
{
    size_t unknown = 0;
    for (size_t i = 0; i < findings->len; i++) {
        unknown += ud_verify_check_verdict(&findings->checks[i]) == UD_FOUND_UNKNOWN ? 1 : 0;
    }
    enum ud_found verdict = ud_findings_verdict(findings);
    ud_page_label(page, "verdict");
    if (verdict == UD_FOUND_ERROR) {
        ud_page_paint(page, UD_PAINT_BAD, "the modules do not fit");
    } else if (verdict == UD_FOUND_WARNING) {
        ud_page_paint(page, UD_PAINT_WARN, "the modules fit, with warnings");
    } else {
        ud_page_paint(page, UD_PAINT_GOOD, "the modules fit");
        if (unknown > 0) {
            ud_page_textf(page, ", as far as the VM shows: %zu check%s could not be made in full",
                          unknown, unknown == 1 ? "" : "s");
        }
    }
    ud_page_end(page);
}

void ud_show_verify(const struct ud_page *page, const struct ud_verify_result *result)
{
    struct columns columns = {0};
    for (size_t i = 0; i < result->findings.len; i++) {
        const struct ud_verify_check *check = &result->findings.checks[i];
        ud_page_widest(&columns.name, check->name);
        ud_page_widest(&columns.verdict, ud_found_name(ud_verify_check_verdict(check)));
    }
    ud_page_label(page, "modules");
    ud_page_textf(page, "%zu in %s", result->module_count, result->dir);
    ud_page_end(page);
    ud_page_label(page, "kernel");
    ud_page_textf(page, "Linux %s %s", result->release, result->machine);
    ud_page_end(page);
    for (size_t i = 0; i < result->findings.len; i++) {
        show_check(page, &result->findings.checks[i], i == 0 ? "checks" : "", &columns);
    }
    show_verdict(page, &result->findings);
}

static void doc_check(cJSON *array, const struct ud_verify_check *check)
{
    cJSON *object = ud_doc_array_object(array);
    ud_doc_text(object, "name", check->name);
    ud_doc_text(object, "verdict", ud_found_name(ud_verify_check_verdict(check)));
    ud_doc_text(object, "compared", check->compared);
    cJSON *findings = ud_doc_array(object, "findings");
    for (size_t i = 0; i < check->len; i++) {
        const struct ud_finding *item = &check->items[i];
        cJSON *finding = ud_doc_array_object(findings);
        ud_doc_text(finding, "verdict", ud_found_name(item->verdict));
        ud_doc_text_if(finding, "module", item->module);
        ud_doc_text(finding, "text", item->text);
        ud_doc_text_if(finding, "remedy", item->remedy);
    }
}

void ud_doc_verify(cJSON *document, const struct ud_verify_result *result)
{
    ud_doc_text(document, "dir", result->dir);
    ud_doc_text(document, "release", result->release);
    ud_doc_text(document, "machine", result->machine);
    ud_doc_text(document, "verdict", ud_found_name(ud_findings_verdict(&result->findings)));
    cJSON *modules = ud_doc_array(document, "modules");
    for (size_t i = 0; i < result->module_count; i++) {
        const struct ud_verified_module *module = &result->modules[i];
        cJSON *object = ud_doc_array_object(modules);
        ud_doc_text(object, "name", module->name);
        ud_doc_text(object, "file", module->file);
        ud_doc_text_if(object, "build_id", module->build_id);
        ud_doc_text(object, "vermagic", module->vermagic);
    }
    cJSON *checks = ud_doc_array(document, "checks");
    for (size_t i = 0; i < result->findings.len; i++) {
        doc_check(checks, &result->findings.checks[i]);
    }
}
