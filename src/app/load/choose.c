#include "load/steps.h"

#include <stdlib.h>
#include <string.h>

#include "artifacts/fit.h"
#include "util/mem.h"
#include "vm/vm_modules.h"

static struct ud_load_item *add_item(struct ud_load *load, const char *name, const char *origin)
{
    load->items = ud_realloc(load->items, load->count + 1, sizeof *load->items);
    struct ud_load_item *item = &load->items[load->count++];
    *item = (struct ud_load_item){.name = ud_strdup(name), .origin = origin};
    return item;
}

static void choose_add_own(struct ud_load *load, const char *path, const struct ud_buf *bytes)
{
    char *stem = ud_vm_modules_stem(path);
    struct ud_load_item *item = add_item(load, stem, UD_ORIGIN_TEXT_OWN);
    free(stem);
    ud_report_activity(load->app->report, path);
    item->data = bytes->data;
    item->len = bytes->len;
}

static enum ud_code choose_own(struct ud_load *load, struct ud_error *err)
{
    struct ud_strv paths = {0};
    ud_vm_modules_list(&load->facts, &load->plan, false, &paths);
    if (paths.len > 0) {
        ud_report_step(load->app->report, "Reading the VM's own modules");
    }
    enum ud_code rc = ud_vm_modules_read(load->app, load->vm.engine, &load->facts, false, &paths,
                                         &load->own, err);
    for (size_t i = 0; i < load->own.count; i++) {
        choose_add_own(load, paths.items[i], &load->own.items[i].bytes);
    }
    if (paths.len > 0 && rc == UD_OK) {
        ud_report_step_end(load->app->report, "%zu files", paths.len);
    }
    ud_strv_done(&paths);
    return rc;
}

/* Before anything is uploaded. */
static enum ud_code choose_prove(struct ud_load *load, struct ud_error *err)
{
    const struct ud_fit fit = {
        .app = load->app,
        .engine = load->vm.engine,
        .facts = &load->facts,
        .plan = &load->plan,
        .inserting = true,
        .allow_no_crcs = load->options->allow_missing_crcs,
    };
    struct ud_findings findings = {0};
    ud_report_step(load->app->report, "Checking the modules");
    enum ud_code rc = ud_fit_check_dist(&fit, &load->dist, &findings, err);
    if (rc != UD_OK) {
        ud_findings_done(&findings);
        return rc;
    }
    UD_TRY(ud_fit_conclude(load->app, &findings, err));
    ud_report_step_end(load->app->report, "%zu modules", load->dist.count);
    return UD_OK;
}

static enum ud_code choose_ours(struct ud_load *load, struct ud_error *err)
{
    char *dir = NULL;
    UD_TRY(ud_dist_find(load->options->input, load->facts.release.text, &dir, err));
    enum ud_code rc = ud_dist_open(dir, &load->dist, err);
    free(dir);
    UD_TRY(rc);
    load->has_dist = true;
    UD_TRY(choose_prove(load, err));
    for (size_t i = 0; i < load->dist.count; i++) {
        const struct ud_dist_module *module = &load->dist.modules[i];
        if (!ud_dist_is_wanted(&load->plan, module->name)) {
            continue;
        }
        struct ud_load_item *item = add_item(load, module->name, UD_ORIGIN_TEXT_OURS);
        item->data = module->bytes.data;
        item->len = module->bytes.len;
    }
    return UD_OK;
}

static void tell_what_is_there(struct ud_load *load)
{
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        const struct ud_plan_item *item = &load->plan.items[i];
        const char *name = ud_plan_module_name((enum ud_plan_module)i);
        if (item->origin == UD_ORIGIN_BUILTIN && i >= UD_PLAN_USB_COMMON) {
            ud_load_tell(load, name, "builtin", UD_ORIGIN_TEXT_BUILTIN, "");
        } else if (item->loaded &&
                   (item->origin == UD_ORIGIN_OWN_FILE || item->origin == UD_ORIGIN_LOADED)) {
            ud_load_tell(load, name, "present", UD_ORIGIN_TEXT_OWN, "");
        }
    }
}

/* Ours can be there already, all of them, without the files that they came from. */
static bool ours_are_loaded(const struct ud_load *load)
{
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        const struct ud_plan_item *item = &load->plan.items[i];
        bool extra = i == UD_PLAN_GENALLOC || i == UD_PLAN_NLS_BASE;
        if (item->origin == UD_ORIGIN_BUILD && !item->loaded && !extra) {
            return false;
        }
    }
    return true;
}

enum ud_code ud_load_choose(struct ud_load *load, struct ud_error *err)
{
    ud_plan_look(&load->facts, &load->plan);
    tell_what_is_there(load);
    UD_TRY(choose_own(load, err));
    if (load->plan.nothing_to_build) {
        return UD_OK;
    }
    struct ud_error why = {0};
    enum ud_code rc = choose_ours(load, &why);
    if (rc != UD_ERR_NOT_FOUND || !ours_are_loaded(load)) {
        return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
    }
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        if (load->plan.items[i].origin == UD_ORIGIN_BUILD && load->plan.items[i].loaded) {
            ud_load_tell(load, ud_plan_module_name((enum ud_plan_module)i), "present",
                         UD_ORIGIN_TEXT_OURS, "");
        }
    }
    return UD_OK;
}
