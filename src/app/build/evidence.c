/* What the modules are to be compared with at the end: the VM is asked for it once. */
#include "build/steps.h"

enum ud_code ud_build_ask_early(struct ud_build *build, struct ud_error *err)
{
    const struct ud_build_result *result = build->result;
    struct ud_error why = {0};
    if (build->evidence_asked) {
        return UD_OK;
    }
    enum ud_code rc = ud_early_evidence_start(build->app, build->vm.engine, &result->facts,
                                              &result->plan, &build->early, &why);
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_error_pass(err, &why);
    }
    if (rc != UD_OK) {
        ud_report_message(build->app->report, UD_REPORT_DEBUG, "the VM is asked later: %s",
                          why.message);
    }
    return UD_OK;
}

/* False if it was not asked, or could not answer beside the builder's work. */
static bool take_early(struct ud_build *build, enum ud_code *rc, struct ud_error *err)
{
    struct ud_error why = {0};
    if (build->early == NULL) {
        return false;
    }
    *rc = ud_early_evidence_get(build->early, &build->evidence, &why);
    if (*rc != UD_OK && *rc != UD_ERR_INTERRUPTED) {
        ud_report_message(build->app->report, UD_REPORT_DEBUG, "the VM is asked again: %s",
                          why.message);
        return false;
    }
    if (*rc != UD_OK) {
        *rc = ud_error_pass(err, &why);
    }
    return true;
}

enum ud_code ud_build_ask_evidence(struct ud_build *build, struct ud_error *err)
{
    const struct ud_build_result *result = build->result;
    enum ud_code rc = UD_OK;
    if (build->evidence_asked) {
        return UD_OK;
    }
    if (!take_early(build, &rc, err)) {
        rc = ud_evidence_ask(build->app, build->vm.engine, &result->facts, &result->plan, NULL,
                             &build->evidence, err);
    }
    build->evidence_asked = rc == UD_OK;
    return rc;
}

enum ud_code ud_build_check_symvers(struct ud_build *build, struct ud_error *err)
{
    const char *named = build->options->symvers;
    if (build->symvers.len == 0) {
        return UD_OK;
    }
    UD_TRY(ud_build_ask_evidence(build, err));
    return ud_verify_symvers(
        &build->symvers, named != NULL ? named : "the Module.symvers that was fetched",
        build->evidence.stock_list, build->evidence.stock_count,
        named != NULL
            ? "Give the Module.symvers that the running kernel's own build wrote, or none: then "
              "`build` finds the CRCs itself."
            : "Give the Module.symvers that the running kernel's own build wrote with --symvers. "
              "`usbipd-desktop cache prune --kind downloads` forgets the one that was fetched.",
        err);
}
