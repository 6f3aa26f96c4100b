#include "show/show.h"

#include <stdlib.h>
#include <string.h>

#include "report/format.h"
#include "report/jsondoc.h"
#include "usbip/holes.h"
#include "util/mem.h"

static void build_show_line(const struct ud_page *page, const char *label, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        ud_page_label(page, label);
        ud_page_text(page, text);
        ud_page_end(page);
    }
}

static void show_kernel(const struct ud_page *page, const struct ud_build_result *result)
{
    const struct ud_facts *facts = &result->facts;
    ud_page_label(page, "kernel");
    ud_page_textf(page, "%s %s", facts->release.text, facts->machine != NULL ? facts->machine : "");
    if (facts->os.pretty_name != NULL && facts->os.pretty_name[0] != '\0') {
        ud_page_textf(page, ", %s", facts->os.pretty_name);
    }
    ud_page_end(page);
}

static void show_next(const struct ud_page *page, const char *text)
{
    ud_page_label(page, "next");
    ud_page_text(page, text);
    ud_page_end(page);
}

static void show_plan_item(const struct ud_page *page, const char *name, size_t width,
                           const struct ud_plan_item *item, bool *first)
{
    if (item->origin == UD_ORIGIN_NOT_NEEDED) {
        return;
    }
    ud_page_label(page, *first ? "modules" : "");
    *first = false;
    ud_page_cell(page, name, width);
    ud_page_cell(page, ud_origin_name(item->origin), 10);
    ud_page_text(page, item->reason != NULL ? item->reason : "");
    ud_page_end(page);
}

/* What each module's origin is, and why: the decision at a glance. */
static void show_plan(const struct ud_page *page, const struct ud_plan *plan)
{
    bool first = true;
    size_t width = 12;
    for (size_t i = 0; i < plan->driver_count; i++) {
        ud_page_widest(&width, plan->drivers[i].name);
    }
    for (unsigned i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        show_plan_item(page, ud_plan_module_name((enum ud_plan_module)i), width, &plan->items[i],
                       &first);
    }
    for (size_t i = 0; i < plan->driver_count; i++) {
        show_plan_item(page, plan->drivers[i].name, width, &plan->drivers[i].item, &first);
    }
    for (size_t i = 0; i < plan->edits.len; i++) {
        ud_page_label(page, i == 0 ? "config" : "");
        ud_page_textf(page, "CONFIG_%s=%s", plan->edits.items[i].name, plan->edits.items[i].value);
        ud_page_end(page);
    }
}

static void build_show_modules(const struct ud_page *page, const struct ud_manifest *manifest)
{
    size_t name = 0;
    for (size_t i = 0; i < manifest->module_count; i++) {
        ud_page_widest(&name, manifest->modules[i].file);
    }
    for (size_t i = 0; i < manifest->module_count; i++) {
        const struct ud_manifest_module *module = &manifest->modules[i];
        const bool packaged = module->package != NULL && module->package[0] != '\0';
        ud_page_label(page, i > 0 ? "" : packaged ? "taken" : "built");
        ud_page_cell(page, module->file, name + 2);
        ud_page_cell(page, ud_format_size(module->size).text, 10);
        ud_page_text(page, module->vermagic);
        ud_page_end(page);
    }
}

static void show_signer(const struct ud_page *page, const struct ud_manifest *manifest)
{
    const char *id = manifest->signer_key_id;
    if (id != NULL && id[0] != '\0') {
        ud_page_label(page, "signed");
        ud_page_textf(page, "by %s, key %s, %s", manifest->signer_subject, id,
                      manifest->signature_hash);
        ud_page_end(page);
    }
}

/* Only what a user did not ask for and should know of. */
static void show_drift(const struct ud_page *page, const struct ud_drift *drift)
{
    bool first = true;
    for (size_t i = 0; i < drift->len; i++) {
        enum ud_drift_class class = drift->items[i].class;
        if (class == UD_DRIFT_HARMLESS || class == UD_DRIFT_ASKED || class == UD_DRIFT_USB) {
            continue;
        }
        struct ud_buf text;
        ud_buf_init(&text, 1024);
        ud_drift_describe(&drift->items[i], &text);
        build_show_line(page, first ? "moved" : "", text.data);
        first = false;
        ud_buf_done(&text);
    }
}

static void show_crcs(const struct ud_page *page, const struct ud_crc_counts *crcs)
{
    if (crcs->kept > 0) {
        char *text = ud_strf("%zu, found by an earlier build", crcs->kept);
        build_show_line(page, "crcs", text);
        free(text);
    } else if (crcs->needed > 0) {
        char *text = ud_strf("%zu: %zu of the kernel's own modules, %zu computed; %zu are both",
                             crcs->needed, crcs->of_modules, crcs->computed, crcs->confirmed);
        build_show_line(page, "crcs", text);
        free(text);
    }
}

/* Sources that need no proof may go without one. */
static void show_proof(const struct ud_page *page, const struct ud_manifest *manifest)
{
    if (manifest->proof != NULL && strcmp(manifest->proof, "proven") == 0) {
        build_show_line(page, "proof", manifest->proof_of);
    }
}

static bool has_hole(const struct ud_manifest *manifest, size_t which)
{
    return manifest->known_holes != NULL &&
           strstr(manifest->known_holes, ud_usbip_holes[which].id) != NULL;
}

static void show_holes(const struct ud_page *page, const struct ud_manifest *manifest)
{
    const char *label = "holes";
    for (size_t i = 0; i < UD_USBIP_HOLE_COUNT; i++) {
        if (has_hole(manifest, i)) {
            const struct ud_usbip_hole *hole = &ud_usbip_holes[i];
            ud_page_label(page, label);
            ud_page_textf(page, "%s in %s: %s", hole->id, hole->module, hole->what);
            ud_page_end(page);
            label = "";
        }
    }
}

/* Where the modules are has to be said again, unless it is where they are looked for. */
static void show_next_load(const struct ud_page *page, const char *output)
{
    char *input = output != NULL ? ud_hints_option(" --input", output) : ud_strdup("");
    char *text = ud_strf("run `usbipd-desktop load%s`", input);
    show_next(page, text);
    free(text);
    free(input);
}

void ud_show_build(const struct ud_page *page, const struct ud_build_result *result,
                   const char *output)
{
    show_kernel(page, result);
    if (result->nothing_to_do) {
        show_plan(page, &result->plan);
        show_next(page, "nothing to build: run `usbipd-desktop load`");
        return;
    }
    build_show_line(page, result->packaged ? "packages" : "source", result->source);
    build_show_line(page, result->packaged ? "fetched in" : "builder", result->builder);
    if (result->dry_run) {
        show_plan(page, &result->plan);
        build_show_line(page, "drivers", result->wanted);
        show_next(page, "nothing was changed: run the same without --dry-run to build");
        return;
    }
    if (result->unchanged) {
        build_show_line(page, "build",
                        result->packaged
                            ? "unchanged: the modules are there, out of the same packages"
                            : "unchanged: the modules are there, made from the same inputs");
    }
    show_drift(page, &result->drift);
    show_crcs(page, &result->crcs);
    show_proof(page, &result->manifest);
    show_holes(page, &result->manifest);
    build_show_modules(page, &result->manifest);
    show_signer(page, &result->manifest);
    build_show_line(page, "in", result->dir);
    show_next_load(page, output);
}

static void json_crcs(cJSON *document, const struct ud_crc_counts *crcs)
{
    cJSON *object = ud_doc_object(document, "crcs");
    ud_doc_u64(object, "needed", crcs->needed);
    ud_doc_u64(object, "of_modules", crcs->of_modules);
    ud_doc_u64(object, "computed", crcs->computed);
    ud_doc_u64(object, "kept", crcs->kept);
    ud_doc_u64(object, "confirmed", crcs->confirmed);
}

static void json_proof(cJSON *document, const struct ud_manifest *manifest)
{
    if (manifest->proof != NULL && manifest->proof[0] != '\0') {
        cJSON *object = ud_doc_object(document, "proof");
        ud_doc_text(object, "verdict", manifest->proof);
        ud_doc_text(object, "of", manifest->proof_of);
    }
}

static void json_holes(cJSON *document, const struct ud_manifest *manifest)
{
    cJSON *array = ud_doc_array(document, "known_holes");
    for (size_t i = 0; i < UD_USBIP_HOLE_COUNT; i++) {
        if (has_hole(manifest, i)) {
            const struct ud_usbip_hole *hole = &ud_usbip_holes[i];
            cJSON *object = ud_doc_array_object(array);
            ud_doc_text(object, "id", hole->id);
            ud_doc_text(object, "module", hole->module);
            ud_doc_text(object, "what", hole->what);
            ud_doc_text(object, "fixed_in", hole->fixed_in);
            ud_doc_bool(object, "guarded", hole->guarded);
        }
    }
}

static void json_drift(cJSON *document, const struct ud_drift *drift)
{
    cJSON *array = ud_doc_array(document, "drift");
    for (size_t i = 0; i < drift->len; i++) {
        const struct ud_drift_item *item = &drift->items[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "name", item->name);
        ud_doc_text(object, "before", item->before);
        ud_doc_text(object, "after", item->after);
        ud_doc_text(object, "class", ud_drift_class_name(item->class));
        ud_doc_text_if(object, "reason", item->reason);
    }
}

void ud_doc_build(cJSON *document, const struct ud_build_result *result)
{
    bool built = !result->nothing_to_do && !result->dry_run && !result->unchanged;
    ud_doc_bool(document, "built", built);
    ud_doc_bool(document, "dry_run", result->dry_run);
    ud_doc_bool(document, "nothing_to_do", result->nothing_to_do);
    ud_doc_bool(document, "unchanged", result->unchanged);
    ud_doc_kernel(document, &result->facts);
    ud_doc_text(document, "origin", result->packaged ? UD_MANIFEST_PACKAGE : UD_MANIFEST_BUILD);
    ud_doc_text(document, "source", result->source);
    ud_doc_text(document, "builder", result->builder);
    ud_doc_text_if(document, "drivers", result->wanted);
    ud_doc_plan(document, &result->plan);
    if (built || result->unchanged) {
        ud_doc_text(document, "dir", result->dir);
        json_drift(document, &result->drift);
        if (result->crcs.needed > 0) {
            json_crcs(document, &result->crcs);
        }
        json_proof(document, &result->manifest);
        json_holes(document, &result->manifest);
        cJSON *manifest = ud_doc_object(document, "manifest");
        ud_doc_manifest(manifest, &result->manifest);
    }
}
