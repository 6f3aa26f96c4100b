#include "app/verify.h"

#include <stdlib.h>

#include "artifacts/dist.h"
#include "artifacts/fit.h"
#include "artifacts/learn.h"
#include "docker/engine/engine.h"
#include "engine/sweep.h"
#include "platform/fs.h"
#include "util/mem.h"
#include "vm/engine_kind.h"

/* All that a verification holds while it runs. */
struct verifying {
    const struct ud_app *app;
    const struct ud_verify_options *options;
    struct ud_verify_result *result;
    struct ud_connection vm;
    struct ud_engine_info engine;
    struct ud_facts facts;
    struct ud_plan plan;
    struct ud_dist dist;
    struct ud_buf symvers_text;
    struct ud_symvers symvers;
};

void ud_verify_result_done(struct ud_verify_result *result)
{
    for (size_t i = 0; i < result->module_count; i++) {
        free(result->modules[i].name);
        free(result->modules[i].file);
        free(result->modules[i].build_id);
        free(result->modules[i].vermagic);
    }
    free(result->modules);
    free(result->dir);
    free(result->release);
    free(result->machine);
    ud_findings_done(&result->findings);
    *result = (struct ud_verify_result){0};
}

static enum ud_code read_symvers(struct verifying *v, struct ud_error *err)
{
    const char *path = v->options->symvers;
    if (path == NULL) {
        return UD_OK;
    }
    UD_TRY(ud_fs_read(path, &v->symvers_text, err));
    return ud_symvers_parse(v->symvers_text.data, v->symvers_text.len, path, &v->symvers, err);
}

static enum ud_code verify_learn(struct verifying *v, struct ud_error *err)
{
    UD_TRY(ud_app_connect(v->app, &v->options->vm, &v->vm, err));
    ud_sweep(v->app, v->vm.engine);
    UD_TRY(ud_engine_info(v->vm.engine, &v->engine, err));
    UD_TRY(ud_learn_kernel(v->app, v->vm.engine, v->options->kernel_config, v->options->input,
                           &v->facts, err));
    ud_plan_look(&v->facts, &v->plan);
    return UD_OK;
}

static enum ud_code open_dist(struct verifying *v, struct ud_error *err)
{
    char *dir = NULL;
    UD_TRY(ud_dist_find_modules(v->options->input, v->facts.release.text, &dir, err));
    enum ud_code rc = ud_dist_open(dir, &v->dist, err);
    free(dir);
    return rc;
}

static void verify_describe(const struct verifying *v)
{
    struct ud_verify_result *result = v->result;
    result->dir = ud_strdup(v->dist.dir);
    result->release = ud_strdup(v->facts.release.text);
    result->machine = ud_strdup(v->facts.machine != NULL ? v->facts.machine : "");
    result->modules = ud_alloc(v->dist.count + 1, sizeof *result->modules);
    for (size_t i = 0; i < v->dist.count; i++) {
        const struct ud_dist_module *module = &v->dist.modules[i];
        result->modules[result->module_count++] = (struct ud_verified_module){
            .name = ud_strdup(module->name),
            .file = ud_strdup(module->file),
            .build_id = ud_strdup(module->module.build_id),
            .vermagic = ud_strdup(module->module.vermagic),
        };
    }
}

/* That --native is wanted is no error: whoever loads can say it. */
static void verify_check_engine(const struct verifying *v, struct ud_verify_check *check)
{
    struct ud_error why = {0};
    ud_verify_check_compared(check, "its containers reach the kernel, which is not this machine's");
    if (ud_kernel_access_check_root(&v->engine, &why) != UD_OK) {
        ud_verify_check_fail(check, &why);
    } else if (ud_kernel_access_check_native(ud_vm_is_this_machine(&v->facts), false,
                                             v->vm.endpoint, &why) != UD_OK) {
        ud_verify_check_find(check, UD_FOUND_WARNING, NULL, why.remedy, "%s", why.message);
    }
}

static enum ud_code verify_run(struct verifying *v, struct ud_error *err)
{
    UD_TRY(read_symvers(v, err));
    UD_TRY(verify_learn(v, err));
    UD_TRY(open_dist(v, err));
    ud_report_step(v->app->report, "Comparing with the kernel");
    const struct ud_fit fit = {
        .app = v->app,
        .engine = v->vm.engine,
        .facts = &v->facts,
        .plan = &v->plan,
        .symvers = v->options->symvers != NULL ? &v->symvers : NULL,
        .inserting = true,
        .allow_no_crcs = v->options->allow_missing_crcs,
    };
    struct ud_findings findings = {0};
    verify_check_engine(v, ud_findings_check(&findings, "engine"));
    enum ud_code rc = ud_fit_check_dist(&fit, &v->dist, &findings, err);
    if (rc != UD_OK) {
        ud_findings_done(&findings);
        return rc;
    }
    ud_report_step_end(v->app->report, "%zu modules, %zu checks", v->dist.count, findings.len);
    verify_describe(v);
    v->result->findings = findings;
    return ud_findings_first_error(&findings, err);
}

enum ud_code ud_app_verify(const struct ud_app *app, const struct ud_verify_options *options,
                           struct ud_verify_result *ret, struct ud_error *err)
{
    struct verifying v = {.app = app, .options = options, .result = ret};
    *ret = (struct ud_verify_result){0};
    ud_buf_init(&v.symvers_text, UD_SYMVERS_TEXT_MAX);
    enum ud_code rc = verify_run(&v, err);
    ud_symvers_done(&v.symvers);
    ud_buf_done(&v.symvers_text);
    ud_dist_done(&v.dist);
    ud_plan_done(&v.plan);
    ud_facts_done(&v.facts);
    ud_engine_info_done(&v.engine);
    ud_connection_done(&v.vm);
    return rc;
}
