/* What the modules are to be compared with at the end: the VM is asked for it once. */
#include "build_steps.h"

enum ud_code ud_build_ask_early(struct ud_build *build, struct ud_error *err)
{
    const struct ud_build_result *result = build->result;
    if (build->witness_asked) {
        return UD_OK;
    }
    return ud_early_witness_start(build->vm.engine, &result->facts, &result->plan, &build->early,
                                  err);
}

enum ud_code ud_build_ask_witness(struct ud_build *build, struct ud_error *err)
{
    const struct ud_build_result *result = build->result;
    if (build->witness_asked) {
        return UD_OK;
    }
    if (build->early != NULL) {
        UD_TRY(ud_early_witness_get(build->early, build->app, &build->witness, err));
    } else {
        UD_TRY(ud_witness_ask(build->app, build->vm.engine, &result->facts, &result->plan,
                              &build->witness, err));
    }
    build->witness_asked = true;
    return UD_OK;
}
