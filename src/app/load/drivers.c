#include "load/drivers.h"

#include <string.h>

#include "artifacts/learn.h"
#include "load/steps.h"

static enum ud_code drivers_run(struct ud_load *load, const struct ud_strv *own,
                                const struct ud_strv *ours, struct ud_error *err)
{
    if (load->facts.release.text[0] == '\0') {
        UD_TRY(ud_learn_kernel(load->app, load->vm.engine, NULL, load->options->input, &load->facts,
                               err));
    }
    UD_TRY(ud_facts_check_loadable(&load->facts, err));
    UD_TRY(ud_load_choose_drivers(load, own, ours, err));
    return load->count > 0 ? ud_load_insert(load, err) : UD_OK;
}

enum ud_code ud_load_drivers(struct ud_load_drivers *drivers, const struct ud_strv *own,
                             const struct ud_strv *ours, struct ud_strv *ret, struct ud_error *err)
{
    const struct ud_load_options options = {.input = drivers->input};
    struct ud_load_result result = {0};
    struct ud_load load = {.app = drivers->app,
                           .options = &options,
                           .result = &result,
                           .vm = {.engine = drivers->engine},
                           .facts = drivers->facts};
    enum ud_code rc = drivers_run(&load, own, ours, err);
    for (size_t i = 0; rc == UD_OK && i < result.module_count; i++) {
        if (strcmp(result.modules[i].verdict, "inserted") == 0) {
            ud_strv_add(ret, result.modules[i].name);
        }
    }
    drivers->facts = load.facts;
    load.facts = (struct ud_facts){0};
    load.vm.engine = NULL; /* the caller's */
    ud_load_release(&load);
    ud_load_result_done(&result);
    return rc;
}
