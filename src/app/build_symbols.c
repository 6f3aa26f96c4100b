#include "build_steps.h"

#include <stdlib.h>

#include "helper_call.h"
#include "helper_image.h"
#include "proto/ops.h"

static bool exported_by_ours(const struct ud_build *build, const char *name)
{
    for (size_t i = 0; i < build->built_count; i++) {
        if (ud_module_symbols_find(&build->built[i].module.exports, name) != NULL) {
            return true;
        }
    }
    return false;
}

void ud_build_list_imports(const struct ud_build *build, struct ud_strv *names)
{
    for (size_t i = 0; i < build->built_count; i++) {
        const struct ud_module_symbols *imports = &build->built[i].module.imports;
        for (size_t k = 0; k < imports->len; k++) {
            const struct ud_module_symbol *symbol = &imports->items[k];
            if (symbol->undefined && !symbol->weak && !exported_by_ours(build, symbol->name)) {
                ud_strv_add(names, symbol->name);
            }
        }
    }
    ud_strv_sort_unique(names);
}

static enum ud_code on_record(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    (void)err;
    struct ud_strv *absent = ctx;
    if (record->type == UD_RECORD_RESULT && record->verdict == UD_VERDICT_ABSENT) {
        ud_strv_add(absent, record->name);
    }
    return UD_OK;
}

static enum ud_code ask(struct ud_build *build, const struct ud_strv *names, struct ud_strv *absent,
                        struct ud_error *err)
{
    char *image = NULL;
    UD_TRY(ud_helper_image_ensure(build->app, build->vm.engine, &image, err));
    struct ud_helper_call call = {
        .role = UD_ROLE_PROBE, .image = image, .record = on_record, .ctx = absent};
    ud_strv_add(&call.args, UD_OP_SYMBOLS);
    for (size_t i = 0; i < names->len; i++) {
        ud_strv_add(&call.args, names->items[i]);
    }
    enum ud_code rc = ud_helper_call_run(build->vm.engine, &call, err);
    ud_strv_done(&call.args);
    free(image);
    return rc;
}

/* Without KALLSYMS_ALL the kernel lists its functions but not its data. */
static enum ud_code judge(const struct ud_build *build, const struct ud_strv *absent,
                          struct ud_error *err)
{
    if (absent->len == 0) {
        return UD_OK;
    }
    char *names = ud_strv_join(absent, ", ");
    enum ud_code rc = UD_OK;
    if (ud_config_is(&build->result->facts.config, "KALLSYMS_ALL", 'y')) {
        rc = ud_fail(err, UD_ERR_UNFIT,
                     "Use the sources and the configuration of exactly this kernel.",
                     "the running kernel lacks what the modules need: %s", names);
    } else {
        ud_report_message(build->app->report, UD_REPORT_DETAIL,
                          "not among the kernel's functions, so taken for data: %s", names);
    }
    free(names);
    return rc;
}

enum ud_code ud_build_check_symbols(struct ud_build *build, struct ud_error *err)
{
    struct ud_strv names = {0};
    struct ud_strv absent = {0};
    struct ud_error why = {0};
    ud_build_list_imports(build, &names);
    enum ud_code rc = ask(build, &names, &absent, &why);
    if (rc == UD_ERR_FACTS) {
        ud_report_message(build->app->report, UD_REPORT_WARN,
                          "what the modules import cannot be compared with the kernel: %s",
                          why.message);
        rc = UD_OK;
    } else if (rc != UD_OK && err != NULL) {
        *err = why;
    } else if (rc == UD_OK) {
        rc = judge(build, &absent, err);
    }
    ud_strv_done(&names);
    ud_strv_done(&absent);
    return rc;
}
