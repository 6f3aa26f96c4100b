#include "build/steps.h"

#include <stdlib.h>
#include <string.h>

#include "artifacts/fit.h"
#include "kernel/plan/order.h"
#include "util/mem.h"

static enum ud_code collect_fetch(struct ud_build *build, const struct ud_built *as,
                                  const char *path, struct ud_error *err)
{
    struct ud_built *built = &build->built[build->built_count++];
    *built = *as;
    ud_buf_init(&built->bytes, UD_MODULE_FILE_MAX);
    enum ud_code rc = ud_build_container_get(&build->container, path, &built->bytes, err);
    if (rc == UD_ERR_NOT_FOUND) {
        return ud_fail(err, UD_ERR_BUILD, "Run again with -v to see all of its output.",
                       "make ended well but left no %s", path);
    }
    UD_TRY(rc);
    return ud_module_parse(built->bytes.data, built->bytes.len, path, &built->module, err);
}

/* Not having been made is no failure of the build: then nothing is known. */
static enum ud_code fetch_layouts(struct ud_build *build, struct ud_error *err)
{
    struct ud_buf text;
    struct ud_error why = {0};
    ud_buf_init(&text, UD_LAYOUTS_TEXT_MAX);
    enum ud_code rc = ud_build_container_get(&build->container, UD_LAYOUTS_BUILT_PATH, &text, &why);
    if (rc == UD_OK) {
        ud_layouts_parse(text.data, text.len, &build->layouts);
    }
    ud_buf_done(&text);
    return rc == UD_OK || rc == UD_ERR_NOT_FOUND ? UD_OK : ud_error_pass(err, &why);
}

static bool is_imported(const struct ud_build *build, const struct ud_module *provider)
{
    for (size_t i = 0; i < build->built_count; i++) {
        const struct ud_module_symbols *imports = &build->built[i].module.imports;
        for (size_t k = 0; k < imports->len; k++) {
            if (ud_module_symbols_find(&provider->exports, imports->items[k].name) != NULL) {
                return true;
            }
        }
    }
    return false;
}

/* A module that nothing turned out to need is not shipped, nor what only that one needed. */
static void drop_unneeded(struct ud_build *build)
{
    for (size_t i = 0; i < build->built_count;) {
        struct ud_built *built = &build->built[i];
        if (!built->dispensable || is_imported(build, &built->module)) {
            i++;
            continue;
        }
        ud_buf_done(&built->bytes);
        ud_module_done(&built->module);
        memmove(built, built + 1, (build->built_count - i - 1) * sizeof *built);
        build->built_count--;
        i = 0;
    }
}

/* Of all modules, in new memory. */
static const struct ud_module **collect_modules(const struct ud_build *build)
{
    const struct ud_module **modules = ud_alloc(build->built_count + 1, sizeof(struct ud_module *));
    for (size_t i = 0; i < build->built_count; i++) {
        modules[i] = &build->built[i].module;
    }
    return modules;
}

static enum ud_code put_in_order(struct ud_build *build, struct ud_error *err)
{
    const size_t count = build->built_count;
    const struct ud_module **modules = collect_modules(build);
    size_t *order = ud_alloc(count + 1, sizeof *order);
    enum ud_code rc = ud_order_modules(modules, count, order, err);
    if (rc == UD_OK) {
        struct ud_built *ordered = ud_alloc(count + 1, sizeof *ordered);
        for (size_t i = 0; i < count; i++) {
            ordered[i] = build->built[order[i]];
        }
        free(build->built);
        build->built = ordered;
    }
    free(order);
    free(modules);
    return rc;
}

static enum ud_code collect_verify(struct ud_build *build, struct ud_error *err)
{
    const struct ud_module **modules = collect_modules(build);
    const char **names = ud_alloc(build->built_count + 1, sizeof(char *));
    for (size_t i = 0; i < build->built_count; i++) {
        names[i] = build->built[i].name;
    }
    const struct ud_fit fit = {
        .app = build->app,
        .evidence = &build->evidence,
        .facts = &build->result->facts,
        .plan = &build->result->plan,
        .symvers = build->symvers_text.len > 0 ? &build->symvers : NULL,
        .layouts = build->packaged ? NULL : &build->layouts,
        .allow_no_crcs = build->options->allow_missing_crcs,
    };
    struct ud_findings findings = {0};
    enum ud_code rc =
        ud_fit_check_modules(&fit, modules, names, build->built_count, &findings, err);
    free(modules);
    free(names);
    if (rc != UD_OK) {
        ud_findings_done(&findings);
        return rc;
    }
    return ud_fit_conclude(build->app, &findings, err);
}

static enum ud_code collect_fetch_driver(struct ud_build *build,
                                         const struct ud_plan_driver *driver, struct ud_error *err)
{
    const struct ud_built as = {
        .name = driver->name, .driver = true, .dispensable = !driver->wanted};
    char *path = ud_plan_driver_built_path(driver);
    enum ud_code rc = collect_fetch(build, &as, path, err);
    free(path);
    return rc;
}

enum ud_code ud_build_fetch(struct ud_build *build, struct ud_error *err)
{
    const struct ud_plan *plan = &build->result->plan;
    free(build->built);
    build->built = ud_alloc(UD_PLAN_MODULE_COUNT + plan->driver_count, sizeof *build->built);
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        enum ud_plan_module which = (enum ud_plan_module)i;
        const struct ud_built as = {
            .name = ud_plan_module_name(which),
            .dispensable = which == UD_PLAN_GENALLOC || which == UD_PLAN_NLS_BASE,
        };
        if (plan->items[which].origin == UD_ORIGIN_BUILD) {
            UD_TRY(collect_fetch(build, &as, ud_plan_module_built_path(which), err));
        }
    }
    for (size_t i = 0; i < plan->driver_count; i++) {
        if (plan->drivers[i].item.origin == UD_ORIGIN_BUILD) {
            UD_TRY(collect_fetch_driver(build, &plan->drivers[i], err));
        }
    }
    drop_unneeded(build);
    return UD_OK;
}

void ud_build_forget(struct ud_build *build)
{
    for (size_t i = 0; i < build->built_count; i++) {
        ud_buf_done(&build->built[i].bytes);
        ud_module_done(&build->built[i].module);
    }
    build->built_count = 0;
}

enum ud_code ud_build_conclude_modules(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(put_in_order(build, err));
    UD_TRY(ud_build_ask_evidence(build, err));
    return collect_verify(build, err);
}

enum ud_code ud_build_collect(struct ud_build *build, struct ud_error *err)
{
    ud_report_step(build->app->report, "Checking the modules");
    UD_TRY(ud_build_fetch(build, err));
    UD_TRY(fetch_layouts(build, err));
    ud_build_note_fix(build);
    UD_TRY(ud_build_conclude_modules(build, err));
    UD_TRY(ud_build_prove(build, err));
    ud_report_step_end(build->app->report, "%zu modules", build->built_count);
    return UD_OK;
}
