#include "build/steps.h"

#include <string.h>

enum ud_code ud_build_make(struct ud_build *build, enum ud_kbuild_target target,
                           struct ud_error *err)
{
    struct ud_kbuild_step step = {0};
    ud_kbuild_step_make(target, &build->kbuild, &step);
    const struct ud_build_container_command command = {.argv = &step.argv,
                                                       .workdir = UD_BUILD_CONTAINER_TREE};
    enum ud_code rc = ud_build_container_run(&build->container, &command, err);
    ud_kbuild_step_done(&step);
    return rc;
}

/* Puts them into the tree, and releases them. */
static enum ud_code put_kbuild_files(struct ud_build *build, struct ud_kbuild_files *files,
                                     struct ud_error *err)
{
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < files->len && rc == UD_OK; i++) {
        rc = ud_build_container_put(&build->container, files->items[i].path, files->items[i].text,
                                    strlen(files->items[i].text), err);
    }
    ud_kbuild_files_done(files);
    return rc;
}

/* The seed, if there is one, where preparing the tree would draw another. */
static enum ud_code put_seed(struct ud_build *build, struct ud_error *err)
{
    struct ud_kbuild_files files = {0};
    if (build->layout_seed[0] == '\0') {
        return UD_OK;
    }
    ud_layout_seed_files(build->layout_seed, &files);
    return put_kbuild_files(build, &files, err);
}

/* drivers/usb/Kbuild and what else kbuild is told. */
static enum ud_code put_files(struct ud_build *build, struct ud_error *err)
{
    struct ud_kbuild_files files = {0};
    ud_kbuild_files_make(&build->result->plan, &files);
    enum ud_code rc = put_kbuild_files(build, &files, err);
    if (rc == UD_OK && build->symvers_text.len > 0) {
        rc = ud_build_container_put(&build->container, "Module.symvers", build->symvers_text.data,
                                    build->symvers_text.len, err);
    }
    return rc;
}

static enum ud_code make_modules(struct ud_build *build, const char *title, struct ud_error *err)
{
    ud_report_step(build->app->report, "%s", title);
    UD_TRY(put_files(build, err));
    UD_TRY(ud_build_make(build, UD_KBUILD_MODULES, err));
    ud_report_step_end(build->app->report, NULL);
    return UD_OK;
}

/* What CRCs were made from has no further use, and is ten times the rest. */
static enum ud_code strip_modules(struct ud_build *build, struct ud_error *err)
{
    struct ud_strv paths = {0};
    enum ud_code rc = UD_OK;
    ud_plan_built_paths(&build->result->plan, &paths);
    for (size_t i = 0; i < paths.len && rc == UD_OK; i++) {
        struct ud_strv argv = {0};
        ud_kbuild_strip_argv(&build->kbuild, paths.items[i], &argv);
        const struct ud_build_container_command command = {.argv = &argv,
                                                           .workdir = UD_BUILD_CONTAINER_TREE};
        rc = ud_build_container_run(&build->container, &command, err);
        ud_strv_done(&argv);
    }
    ud_strv_done(&paths);
    return rc;
}

static enum ud_code build_compile(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(make_modules(build, "Compiling the modules", err));
    if (build->exports == NULL) {
        return UD_OK;
    }
    /* What they import is known only now; kbuild then links them once more. */
    const bool given = build->symvers_text.len > 0;
    UD_TRY(ud_build_find_crcs(build, err));
    if (given) {
        return UD_OK;
    }
    build->kbuild.has_symvers = true;
    return make_modules(build, "Linking the modules with the CRCs", err);
}

enum ud_code ud_build_compile(struct ud_build *build, struct ud_error *err)
{
    if (!build->cache.reused) {
        ud_report_step(build->app->report, "Preparing the tree");
        UD_TRY(put_seed(build, err));
        UD_TRY(ud_build_make(build, UD_KBUILD_PREPARE, err));
        ud_report_step_end(build->app->report, NULL);
    }
    UD_TRY(build_compile(build, err));
    return build->kbuild.debug_info ? strip_modules(build, err) : UD_OK;
}
