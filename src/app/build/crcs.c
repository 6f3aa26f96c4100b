#include "build/steps.h"

#include <stdlib.h>

#include "kernel/verify/verify.h"
#include "vm/crcs_from_modules.h"
#include "vm/vm_modules.h"

static void list_imports(const struct ud_build *build, struct ud_strv *ret)
{
    const struct ud_module *modules[UD_PLAN_MODULE_COUNT];
    for (size_t i = 0; i < build->built_count; i++) {
        modules[i] = &build->built[i].module;
    }
    const struct ud_verify_input input = {.modules = modules, .count = build->built_count};
    ud_verify_list_imports(&input, ret);
}

/* What the modules import, and the CRC that the kernel asks of every module. */
static enum ud_code list_needed(struct ud_build *build, struct ud_strv *ret, struct ud_error *err)
{
    enum ud_code rc = ud_build_fetch(build, err);
    if (rc == UD_OK) {
        list_imports(build, ret);
        ud_strv_add(ret, "module_layout");
        ud_strv_sort_unique(ret);
    }
    ud_build_forget(build);
    return rc;
}

/* Those that ours depend on: only their own files tell that they export. */
static enum ud_code add_exporters(struct ud_build *build, struct ud_crcs *crcs,
                                  struct ud_error *err)
{
    const struct ud_facts *facts = &build->result->facts;
    struct ud_strv paths = {0};
    struct ud_vm_files files = {0};
    ud_vm_modules_list(facts, &build->result->plan, true, &paths);
    enum ud_code rc = ud_vm_modules_read(build->app, build->vm.engine, facts, &paths, &files, err);
    for (size_t i = 0; i < files.count && rc == UD_OK; i++) {
        const struct ud_buf *bytes = &files.items[i].bytes;
        struct ud_module module = {0};
        rc = ud_module_parse(bytes->data, bytes->len, paths.items[i], &module, err);
        if (rc == UD_OK) {
            rc = ud_crcs_add_exports(crcs, &module, paths.items[i], err);
        }
        ud_module_done(&module);
    }
    ud_vm_files_done(&files);
    ud_strv_done(&paths);
    return rc;
}

static enum ud_code crcs_harvest(struct ud_build *build, const struct ud_strv *needed,
                                 struct ud_crcs *crcs, struct ud_error *err)
{
    ud_report_step(build->app->report, "Asking the VM's own modules for CRCs");
    UD_TRY(add_exporters(build, crcs, err));
    UD_TRY(ud_crcs_from_modules(build->app, build->vm.engine, &build->result->facts, needed, crcs,
                                err));
    ud_report_step_end(build->app->report, "%zu of %zu symbols",
                       ud_crcs_count(crcs, needed, UD_CRC_OF_MODULES), needed->len);
    return UD_OK;
}

static enum ud_code judge_missing(const struct ud_build *build, const struct ud_strv *missing,
                                  struct ud_error *err)
{
    if (missing->len == 0) {
        return UD_OK;
    }
    char *names = ud_strv_join(missing, ", ");
    enum ud_code rc = UD_OK;
    if (build->options->allow_missing_crcs) {
        ud_report_message(build->app->report, UD_REPORT_WARN,
                          "building without the CRCs of %zu symbols (%s): the kernel may refuse "
                          "the modules",
                          missing->len, names);
    } else {
        rc = ud_acquire_fail(&build->acquire, UD_ROUTE_SYMVERS, UD_ERR_FACTS, err);
        ud_error_prefix(err,
                        "the kernel checks the CRC of every symbol (CONFIG_MODVERSIONS), and for "
                        "%zu of them none could be found (%s)",
                        missing->len, names);
    }
    free(names);
    return rc;
}

static enum ud_code crcs_compute(struct ud_build *build, const struct ud_strv *needed,
                                 struct ud_crcs *crcs, struct ud_error *err)
{
    struct ud_strv missing = {0};
    ud_crcs_missing(crcs, needed, &missing);
    enum ud_code rc = ud_build_compute_crcs(build, &missing, crcs, err);
    ud_strv_done(&missing);
    if (rc == UD_OK) {
        ud_crcs_missing(crcs, needed, &missing);
        rc = judge_missing(build, &missing, err);
        ud_strv_done(&missing);
    }
    return rc;
}

static enum ud_code crcs_keep(struct ud_build *build, const struct ud_strv *needed,
                              const struct ud_crcs *crcs, struct ud_error *err)
{
    size_t len = 0;
    build->result->crcs = (struct ud_crc_counts){
        .needed = needed->len,
        .of_modules = ud_crcs_count(crcs, needed, UD_CRC_OF_MODULES),
        .computed = ud_crcs_count(crcs, needed, UD_CRC_COMPUTED),
        .confirmed = crcs->confirmed,
    };
    char *text = ud_crcs_to_symvers(crcs, &len);
    ud_buf_add(&build->symvers_text, text, len);
    enum ud_code rc = ud_symvers_parse(text, len, "the list of CRCs", &build->symvers, err);
    free(text);
    if (rc == UD_OK && build->result->crcs.of_modules + build->result->crcs.computed ==
                           build->result->crcs.needed) {
        ud_build_keep_crcs(build);
    }
    return rc;
}

enum ud_code ud_build_find_crcs(struct ud_build *build, struct ud_error *err)
{
    struct ud_strv needed = {0};
    struct ud_crcs crcs = {0};
    enum ud_code rc = list_needed(build, &needed, err);
    if (rc == UD_OK) {
        rc = crcs_harvest(build, &needed, &crcs, err);
    }
    if (rc == UD_OK) {
        rc = crcs_compute(build, &needed, &crcs, err);
    }
    if (rc == UD_OK) {
        rc = crcs_keep(build, &needed, &crcs, err);
    }
    ud_strv_done(&needed);
    ud_crcs_done(&crcs);
    return rc;
}
