/* What load and unload begin and end with. */
#include "load/steps.h"

#include <stdlib.h>

#include "artifacts/learn.h"
#include "engine/sweep.h"
#include "util/mem.h"
#include "vm/engine_kind.h"

void ud_load_tell(struct ud_load *load, const char *name, const char *verdict, const char *origin,
                  const char *detail)
{
    struct ud_load_result *result = load->result;
    result->modules =
        ud_realloc(result->modules, result->module_count + 1, sizeof *result->modules);
    result->modules[result->module_count++] = (struct ud_module_outcome){
        .name = ud_strdup(name),
        .verdict = ud_strdup(verdict),
        .origin = ud_strdup(origin),
        .detail = ud_strdup(detail),
    };
}

static enum ud_code begin_check_engine(const struct ud_load *load, struct ud_error *err)
{
    UD_TRY(ud_kernel_access_check_root(&load->engine, err));
    return ud_kernel_access_check_native(ud_vm_is_this_machine(&load->facts), load->options->native,
                                         load->vm.endpoint, err);
}

static enum ud_code check_kernel(const struct ud_load *load, struct ud_error *err)
{
    if (!load->facts.modules_supported) {
        return ud_fail(err, UD_ERR_FACTS, "Use a VM whose kernel has CONFIG_MODULES=y.",
                       "the kernel %s has no module support", load->facts.release.text);
    }
    return UD_OK;
}

enum ud_code ud_load_begin(struct ud_load *load, struct ud_error *err)
{
    UD_TRY(ud_app_connect(load->app, &load->options->vm, &load->vm, err));
    ud_sweep(load->app, load->vm.engine);
    UD_TRY(ud_engine_info(load->vm.engine, &load->engine, err));
    UD_TRY(ud_learn_kernel(load->app, load->vm.engine, load->options->kernel_config,
                           load->options->input, &load->facts, err));
    load->result->release = ud_strdup(load->facts.release.text);
    UD_TRY(check_kernel(load, err));
    return begin_check_engine(load, err);
}

const struct ud_manifest_module *ud_load_in_manifest(const struct ud_load *load, const char *name)
{
    for (size_t i = 0; load->has_dist && i < load->dist.manifest.module_count; i++) {
        if (ud_module_name_equal(load->dist.manifest.modules[i].name, name)) {
            return &load->dist.manifest.modules[i];
        }
    }
    return NULL;
}

const char *ud_load_ours_text(const struct ud_load *load, const char *name)
{
    const struct ud_manifest_module *module = ud_load_in_manifest(load, name);
    return module != NULL && module->package[0] != '\0' ? UD_ORIGIN_TEXT_PACKAGE
                                                        : UD_ORIGIN_TEXT_OURS;
}

void ud_load_release(struct ud_load *load)
{
    for (size_t i = 0; i < load->count; i++) {
        free(load->items[i].name);
    }
    free(load->items);
    free(load->failed);
    ud_strv_done(&load->names);
    ud_driver_wish_done(&load->with);
    ud_strv_done(&load->klog);
    ud_strv_done(&load->removed);
    ud_strv_done(&load->kept);
    ud_facts_fill_done(&load->after);
    ud_vm_files_done(&load->own);
    ud_vm_files_done(&load->needed);
    ud_dist_done(&load->dist);
    ud_plan_done(&load->plan);
    ud_facts_done(&load->facts);
    ud_engine_info_done(&load->engine);
    ud_connection_done(&load->vm);
}

void ud_load_result_done(struct ud_load_result *result)
{
    for (size_t i = 0; i < result->module_count; i++) {
        free(result->modules[i].name);
        free(result->modules[i].verdict);
        free(result->modules[i].origin);
        free(result->modules[i].detail);
    }
    free(result->modules);
    free(result->release);
    ud_vhci_ports_done(&result->ports);
    *result = (struct ud_load_result){0};
}

enum ud_code ud_load_use_case(const struct ud_app *app, const struct ud_load_options *options,
                              ud_load_fn *fn, struct ud_load_result *ret, struct ud_error *err)
{
    struct ud_load_result result = {0};
    struct ud_load load = {.app = app, .options = options, .result = &result};
    enum ud_code rc = fn(&load, err);
    ud_load_release(&load);
    if (rc == UD_OK) {
        *ret = result;
    } else {
        ud_load_result_done(&result);
    }
    return rc;
}
