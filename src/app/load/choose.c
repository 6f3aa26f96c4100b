#include "load/steps.h"

#include <stdlib.h>
#include <string.h>

#include "artifacts/fit.h"
#include "kernel/modlist/module_name.h"
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

/* Reads these files of the VM into *files and has them inserted. */
static enum ud_code choose_read_own(struct ud_load *load, struct ud_strv *paths,
                                    struct ud_vm_files *files, struct ud_error *err)
{
    if (paths->len > 0) {
        ud_report_step(load->app->report, "Reading the VM's own modules");
    }
    enum ud_code rc = ud_vm_modules_read(load->app, load->vm.engine, &load->facts, load->lasting,
                                         paths, files, err);
    for (size_t i = 0; i < files->count; i++) {
        choose_add_own(load, paths->items[i], &files->items[i].bytes);
    }
    if (paths->len > 0 && rc == UD_OK) {
        ud_report_step_end(load->app->report, "%zu files", paths->len);
    }
    return rc;
}

static enum ud_code choose_own(struct ud_load *load, struct ud_error *err)
{
    struct ud_strv paths = {0};
    ud_vm_modules_list(&load->facts, &load->plan, load->lasting, &paths);
    for (size_t i = 0; i < load->with.names.len; i++) {
        ud_vm_modules_add(&load->facts, load->with.names.items[i], false, &paths);
    }
    enum ud_code rc = choose_read_own(load, &paths, &load->own, err);
    ud_strv_done(&paths);
    return rc;
}

static bool choose_is_chosen(const struct ud_load *load, const char *path)
{
    char *stem = ud_vm_modules_stem(path);
    bool chosen = false;
    for (size_t i = 0; i < load->count && !chosen; i++) {
        chosen = strcmp(load->items[i].name, stem) == 0;
    }
    free(stem);
    return chosen;
}

/* Whether a module of the dist is to be inserted. */
static bool choose_is_wanted(const struct ud_load *load, const char *name)
{
    return (load->lasting ? ud_dist_is_wanted_later(&load->plan, name)
                          : ud_dist_is_wanted(&load->plan, name)) &&
           (!load->only_named || ud_strv_has(&load->names, name));
}

static bool choose_is_ours(const struct ud_load *load, const char *name)
{
    for (size_t i = 0; i < load->dist.count; i++) {
        if (ud_module_name_equal(load->dist.modules[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* A driver of ours may build upon modules of which the VM has files. */
static enum ud_code choose_needed(struct ud_load *load, struct ud_error *err)
{
    struct ud_strv all = {0};
    struct ud_strv paths = {0};
    for (size_t i = 0; i < load->dist.count; i++) {
        const struct ud_dist_module *module = &load->dist.modules[i];
        for (size_t k = 0; k < module->module.depends.len; k++) {
            const char *name = module->module.depends.items[k];
            if (choose_is_wanted(load, module->name) && !choose_is_ours(load, name)) {
                ud_vm_modules_add(&load->facts, name, load->lasting, &all);
            }
        }
    }
    for (size_t i = 0; i < all.len; i++) {
        if (!choose_is_chosen(load, all.items[i])) {
            ud_strv_add(&paths, all.items[i]);
        }
    }
    enum ud_code rc = choose_read_own(load, &paths, &load->needed, err);
    ud_strv_done(&paths);
    ud_strv_done(&all);
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

static bool choose_has_drivers(const struct ud_load *load)
{
    for (size_t i = 0; i < load->dist.count; i++) {
        if (ud_dist_is_driver(load->dist.modules[i].name)) {
            return true;
        }
    }
    return false;
}

/* Whether there is nothing to build only because something is loaded that has no file in the VM:
 * after a restart it has to come from the dist. */
static bool choose_needs_dist_later(const struct ud_load *load)
{
    for (int i = 0; load->lasting && i < UD_PLAN_MODULE_COUNT; i++) {
        if (load->plan.items[i].origin == UD_ORIGIN_LOADED) {
            return true;
        }
    }
    return false;
}

/* Where the VM has all of USB/IP itself, only drivers are of interest. */
static enum ud_code choose_open(struct ud_load *load, struct ud_error *err)
{
    struct ud_error why = {0};
    char *dir = NULL;
    UD_TRY(ud_dist_find(load->options->input, load->facts.release.text, &dir, err));
    enum ud_code rc = ud_dist_open(dir, &load->dist, &why);
    free(dir);
    if (rc != UD_OK && load->plan.nothing_to_build && !choose_needs_dist_later(load)) {
        ud_report_message(load->app->report, UD_REPORT_WARN, "no driver is loaded: %s",
                          why.message);
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%s", why.message);
    }
    return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
}

static void choose_add_ours(struct ud_load *load)
{
    for (size_t i = 0; i < load->dist.count; i++) {
        const struct ud_dist_module *module = &load->dist.modules[i];
        if (!choose_is_wanted(load, module->name)) {
            continue;
        }
        struct ud_load_item *item =
            add_item(load, module->name, ud_load_ours_text(load, module->name));
        item->data = module->bytes.data;
        item->len = module->bytes.len;
    }
}

static enum ud_code choose_ours(struct ud_load *load, struct ud_error *err)
{
    UD_TRY(choose_open(load, err));
    if (load->plan.nothing_to_build && !choose_has_drivers(load) &&
        !choose_needs_dist_later(load)) {
        return UD_OK;
    }
    load->has_dist = true;
    UD_TRY(choose_prove(load, err));
    UD_TRY(choose_needed(load, err));
    choose_add_ours(load);
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

/* Of a group what the VM has files of; there need not be any, if the artifacts have some. */
static enum ud_code choose_read_wish(struct ud_load *load, struct ud_error *err)
{
    struct ud_driver_wish wish = {0};
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < load->options->with.len && rc == UD_OK; i++) {
        rc = ud_driver_wish_add(&wish, load->options->with.items[i], err);
    }
    for (size_t i = 0; i < wish.names.len && rc == UD_OK; i++) {
        const char *name = wish.names.items[i];
        if (ud_driver_is_group(name)) {
            ud_driver_group_files(name, &load->facts.deps, &load->with.names);
        } else {
            ud_strv_add(&load->with.names, name);
        }
    }
    ud_driver_wish_done(&wish);
    return rc;
}

/* Told before anything is inserted. */
static enum ud_code choose_check_wish(struct ud_load *load, struct ud_error *err)
{
    for (size_t i = 0; i < load->with.names.len; i++) {
        const char *name = load->with.names.items[i];
        if (ud_builtin_has(&load->facts.builtin, name)) {
            ud_load_tell(load, name, "builtin", UD_ORIGIN_TEXT_BUILTIN, "");
        } else if (ud_deps_find(&load->facts.deps, name) == NULL && !choose_is_ours(load, name) &&
                   ud_loaded_find(&load->facts.loaded, name) == NULL) {
            char *remedy =
                ud_strf("Run `usbipd-desktop build --with %s`, and then this again.", name);
            enum ud_code rc = ud_fail(err, UD_ERR_NOT_FOUND, remedy,
                                      "neither the VM nor the artifacts have a module %s for the "
                                      "kernel %s",
                                      name, load->facts.release.text);
            free(remedy);
            return rc;
        }
    }
    return UD_OK;
}

static enum ud_code choose_usbip(struct ud_load *load, struct ud_error *err)
{
    struct ud_error why = {0};
    enum ud_code rc = choose_ours(load, &why);
    if (load->plan.nothing_to_build && rc == UD_ERR_NOT_FOUND && !choose_needs_dist_later(load)) {
        return UD_OK; /* nor was a driver built */
    }
    if (rc != UD_ERR_NOT_FOUND || load->lasting || !ours_are_loaded(load)) {
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

enum ud_code ud_load_choose(struct ud_load *load, struct ud_error *err)
{
    ud_plan_look(&load->facts, &load->plan);
    tell_what_is_there(load);
    UD_TRY(choose_read_wish(load, err));
    UD_TRY(choose_own(load, err));
    UD_TRY(choose_usbip(load, err));
    return choose_check_wish(load, err);
}

/* ---- drivers ---- */

/* A module of the dist and those there that it needs, unless they are loaded. */
static void choose_name(struct ud_load *load, const char *name)
{
    for (size_t i = 0; i < load->dist.count; i++) {
        const struct ud_dist_module *module = &load->dist.modules[i];
        if (!ud_module_name_equal(module->name, name) || ud_strv_has(&load->names, module->name) ||
            ud_loaded_find(&load->facts.loaded, module->name) != NULL) {
            continue;
        }
        ud_strv_add(&load->names, module->name);
        for (size_t k = 0; k < module->module.depends.len; k++) {
            choose_name(load, module->module.depends.items[k]);
        }
    }
}

static enum ud_code choose_named_ours(struct ud_load *load, const struct ud_strv *names,
                                      struct ud_error *err)
{
    char *dir = NULL;
    UD_TRY(ud_dist_find(load->options->input, load->facts.release.text, &dir, err));
    enum ud_code rc = ud_dist_open(dir, &load->dist, err);
    free(dir);
    UD_TRY(rc);
    load->has_dist = true;
    load->only_named = true;
    for (size_t i = 0; i < names->len; i++) {
        choose_name(load, names->items[i]);
    }
    if (load->names.len == 0) {
        return UD_OK;
    }
    UD_TRY(choose_prove(load, err));
    UD_TRY(choose_needed(load, err));
    choose_add_ours(load);
    return UD_OK;
}

enum ud_code ud_load_choose_drivers(struct ud_load *load, const struct ud_strv *own,
                                    const struct ud_strv *ours, struct ud_error *err)
{
    struct ud_strv paths = {0};
    ud_plan_look(&load->facts, &load->plan);
    for (size_t i = 0; i < own->len; i++) {
        ud_vm_modules_add(&load->facts, own->items[i], false, &paths);
    }
    enum ud_code rc = choose_read_own(load, &paths, &load->own, err);
    if (rc == UD_OK && ours->len > 0) {
        rc = choose_named_ours(load, ours, err);
    }
    ud_strv_done(&paths);
    return rc;
}
