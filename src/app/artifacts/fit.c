#include "artifacts/fit.h"

#include <stdlib.h>

#include "kernel/modlist/module_name.h"
#include "util/mem.h"

/* The modules that these stand on and that are not among them. */
static void fit_list_needed(const struct ud_module *const *modules, const char *const *names,
                            size_t count, struct ud_strv *ret)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < modules[i]->depends.len; k++) {
            const char *needed = modules[i]->depends.items[k];
            bool among = ud_strv_has(ret, needed);
            for (size_t n = 0; n < count && !among; n++) {
                among = ud_module_name_equal(names[n], needed);
            }
            if (!among) {
                ud_strv_add(ret, needed);
            }
        }
    }
}

enum ud_code ud_fit_check_modules(const struct ud_fit *fit, const struct ud_module *const *modules,
                                  const char *const *names, size_t count, struct ud_findings *ret,
                                  struct ud_error *err)
{
    struct ud_evidence asked = {0};
    struct ud_evidence *evidence = fit->evidence;
    struct ud_verify_input input = {
        .facts = fit->facts,
        .modules = modules,
        .count = count,
        .names = names,
        .symvers = fit->symvers,
        .layouts = fit->layouts,
        .signer_id = fit->signer_id,
        .by_facts = fit->engine == NULL && evidence == NULL,
        .inserting = fit->inserting,
        .allow_no_crcs = fit->allow_no_crcs,
    };
    if (fit->engine != NULL) {
        struct ud_strv needed = {0};
        fit_list_needed(modules, names, count, &needed);
        enum ud_code rc =
            ud_evidence_ask(fit->app, fit->engine, fit->facts, fit->plan, &needed, &asked, err);
        ud_strv_done(&needed);
        UD_TRY(rc);
        evidence = &asked;
    }
    if (evidence != NULL) {
        ud_evidence_compare(evidence, fit->app, &input);
    }
    ud_verify_modules(&input, ret);
    ud_evidence_done(&asked);
    return UD_OK;
}

enum ud_code ud_fit_check_dist(const struct ud_fit *fit, const struct ud_dist *dist,
                               struct ud_findings *ret, struct ud_error *err)
{
    const struct ud_module **modules = ud_alloc(dist->count + 1, sizeof(struct ud_module *));
    const char **names = ud_alloc(dist->count + 1, sizeof(char *));
    for (size_t i = 0; i < dist->count; i++) {
        modules[i] = &dist->modules[i].module;
        names[i] = dist->modules[i].name;
    }
    struct ud_fit of_dist = *fit;
    const char *signer_id = dist->manifest.signer_key_id;
    of_dist.signer_id = signer_id != NULL ? signer_id : "";
    ud_dist_check_manifest(dist, ud_findings_check(ret, "manifest"));
    ud_dist_check_kernel_build(dist, fit->facts, ud_findings_check(ret, "kernel-build"));
    enum ud_code rc = ud_fit_check_modules(&of_dist, modules, names, dist->count, ret, err);
    free(modules);
    free(names);
    return rc;
}

static void fit_tell(const struct ud_app *app, const struct ud_verify_check *check,
                     const struct ud_finding *item)
{
    ud_report_message(
        app->report, item->verdict == UD_FOUND_UNKNOWN ? UD_REPORT_DETAIL : UD_REPORT_WARN,
        "%s: %s%s%s", check->name, item->module, item->module[0] != '\0' ? ": " : "", item->text);
}

enum ud_code ud_fit_conclude(const struct ud_app *app, struct ud_findings *findings,
                             struct ud_error *err)
{
    enum ud_code rc = ud_findings_first_error(findings, err);
    for (size_t i = 0; i < findings->len && rc == UD_OK; i++) {
        const struct ud_verify_check *check = &findings->checks[i];
        ud_report_message(app->report, UD_REPORT_DETAIL, "%s: %s", check->name, check->compared);
        for (size_t k = 0; k < check->len; k++) {
            fit_tell(app, check, &check->items[k]);
        }
    }
    ud_findings_done(findings);
    return rc;
}

enum ud_code ud_dist_check(const struct ud_dist *dist, const struct ud_facts *facts,
                           bool allow_no_crcs, struct ud_error *err)
{
    const struct ud_fit fit = {.facts = facts, .allow_no_crcs = allow_no_crcs};
    struct ud_findings findings = {0};
    enum ud_code rc = ud_fit_check_dist(&fit, dist, &findings, err);
    if (rc == UD_OK) {
        rc = ud_findings_first_error(&findings, err);
    }
    ud_findings_done(&findings);
    return rc;
}
