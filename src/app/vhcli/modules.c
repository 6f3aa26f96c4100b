#include "vhcli/parts.h"

#include <stdlib.h>

#include "util/mem.h"
#include "vm/vm_modules.h"

/* What choosing them holds; modules are added as they are found. */
struct choice {
    const struct ud_app *app;
    struct ud_engine *engine;
    const struct ud_facts *facts;
    const struct ud_plan *plan;
    struct ud_vhcli_modules *modules;
};

static struct ud_vhcli_module *modules_add(struct ud_vhcli_modules *modules, char *name)
{
    modules->items = ud_realloc(modules->items, modules->count + 1, sizeof *modules->items);
    struct ud_vhcli_module *item = &modules->items[modules->count++];
    *item = (struct ud_vhcli_module){.name = name};
    ud_buf_init(&item->bytes, UD_MODULE_FILE_MAX);
    return item;
}

static enum ud_code modules_parse(struct ud_vhcli_module *item, struct ud_error *err)
{
    return ud_module_parse(item->bytes.data, item->bytes.len, item->name, &item->module, err);
}

static enum ud_code modules_add_own(const struct choice *choice, struct ud_error *err)
{
    struct ud_strv paths = {0};
    struct ud_vm_files files = {0};
    ud_vm_modules_list(choice->facts, choice->plan, true, &paths);
    enum ud_code rc =
        ud_vm_modules_read(choice->app, choice->engine, choice->facts, true, &paths, &files, err);
    for (size_t i = 0; i < files.count && rc == UD_OK; i++) {
        struct ud_vhcli_module *item =
            modules_add(choice->modules, ud_vm_modules_stem(paths.items[i]));
        ud_buf_add(&item->bytes, files.items[i].bytes.data, files.items[i].bytes.len);
        rc = modules_parse(item, err);
    }
    ud_vm_files_done(&files);
    ud_strv_done(&paths);
    return rc;
}

static enum ud_code modules_add_ours(const struct choice *choice, const struct ud_dist *dist,
                                     struct ud_error *err)
{
    for (size_t i = 0; i < dist->count; i++) {
        const struct ud_dist_module *module = &dist->modules[i];
        if (ud_dist_is_wanted_later(choice->plan, module->name)) {
            struct ud_vhcli_module *item = modules_add(choice->modules, ud_strdup(module->name));
            item->ours = true;
            ud_buf_add(&item->bytes, module->bytes.data, module->bytes.len);
            UD_TRY(modules_parse(item, err));
        }
    }
    return UD_OK;
}

static enum ud_code modules_read_dist(const struct ud_facts *facts, const char *input,
                                      struct ud_dist *ret, struct ud_error *err)
{
    char *dir = NULL;
    UD_TRY(ud_dist_find(input, facts->release.text, &dir, err));
    enum ud_code rc = ud_dist_read(dir, ret, err);
    free(dir);
    UD_TRY(rc);
    /* Whoever built them without CRCs asked for it then. */
    UD_TRY(ud_dist_check(ret, facts, true, err));
    return ud_facts_check_loadable(facts, err);
}

/* Nothing to build says nothing of what is loaded and has no file: that may be from
 * an earlier load, and then the dist has it. */
static bool has_loaded_only(const struct ud_plan *plan)
{
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        if (plan->items[i].origin == UD_ORIGIN_LOADED) {
            return true;
        }
    }
    return false;
}

static enum ud_code modules_choose(const struct choice *choice, const char *input,
                                   struct ud_error *err)
{
    struct ud_dist dist = {0};
    struct ud_error why = {0};
    const bool nothing = choice->plan->nothing_to_build;
    if (nothing && !has_loaded_only(choice->plan)) {
        return UD_OK;
    }
    enum ud_code rc = modules_read_dist(choice->facts, input, &dist, &why);
    if (rc == UD_ERR_NOT_FOUND && nothing) {
        rc = UD_OK;
    } else if (rc != UD_OK) {
        rc = ud_error_pass(err, &why);
    } else {
        rc = modules_add_own(choice, err);
        rc = rc == UD_OK ? modules_add_ours(choice, &dist, err) : rc;
    }
    ud_dist_done(&dist);
    return rc;
}

enum ud_code ud_vhcli_modules_choose(const struct ud_app *app, struct ud_engine *engine,
                                     const struct ud_facts *facts, const char *input,
                                     struct ud_vhcli_modules *ret, struct ud_error *err)
{
    struct ud_plan plan = {0};
    *ret = (struct ud_vhcli_modules){0};
    ud_plan_look(facts, &plan);
    const struct choice choice = {app, engine, facts, &plan, ret};
    enum ud_code rc = modules_choose(&choice, input, err);
    ud_plan_done(&plan);
    if (rc != UD_OK) {
        ud_vhcli_modules_done(ret);
    }
    return rc;
}

void ud_vhcli_modules_done(struct ud_vhcli_modules *modules)
{
    for (size_t i = 0; i < modules->count; i++) {
        free(modules->items[i].name);
        ud_buf_done(&modules->items[i].bytes);
        ud_module_done(&modules->items[i].module);
    }
    free(modules->items);
    *modules = (struct ud_vhcli_modules){0};
}
