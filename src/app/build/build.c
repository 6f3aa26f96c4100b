#include "app/build/build.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/context.h"
#include "artifacts/dist.h"
#include "build/steps.h"
#include "bundle/signer/signer.h"
#include "kernel/facts/systems.h"
#include "platform/host.h"
#include "util/mem.h"
#include "vm/probe.h"

void ud_build_result_done(struct ud_build_result *result)
{
    free(result->dir);
    free(result->source);
    free(result->builder);
    free(result->wanted);
    ud_facts_done(&result->facts);
    ud_plan_done(&result->plan);
    ud_drift_done(&result->drift);
    ud_manifest_done(&result->manifest);
    *result = (struct ud_build_result){0};
}

/* What cannot be loaded is not built, unless the user says from what, or has a key for it. */
static enum ud_code check_system(const struct ud_build *build, struct ud_error *err)
{
    const struct ud_facts *facts = &build->result->facts;
    const struct ud_system *system = ud_system_find(facts);
    if (system == NULL || !system->no_build || !facts->modules_supported ||
        build->options->source != NULL || build->options->sign_key != NULL) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_FACTS, system->todo, "nothing is built for %s: %s", system->name,
                   system->what);
}

enum ud_code ud_build_plan(struct ud_build *build, struct ud_error *err)
{
    struct ud_build_result *result = build->result;
    const struct ud_plan_options options = {
        .ports = build->options->ports,
        .controllers = build->options->controllers,
        .drivers = !ud_driver_wish_is_empty(&build->wanted),
    };
    struct ud_error why = {0};
    enum ud_code rc = ud_plan_make(&result->facts, &options, &result->plan, &why);
    if (rc != UD_OK || !result->plan.nothing_to_build) {
        UD_TRY(check_system(build, err));
    }
    if (rc != UD_OK) {
        return ud_error_pass(err, &why);
    }
    result->nothing_to_do = result->plan.nothing_to_build;
    return UD_OK;
}

static enum ud_code build_learn(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(ud_probe_with(build->app, build->vm.engine, build->options->kernel_config,
                         &build->result->facts, err));
    return ud_build_plan(build, err);
}

/* A kernel that checks CRCs refuses modules without them, or accepts them only because it is
 * lenient: that is not for us to hope. Those of sources that are not known to be the kernel's
 * have to be computed in any case. */
static void want_crcs(struct ud_build *build)
{
    if (build->result->plan.modversions &&
        (build->symvers_text.len == 0 || build->sources.unproven)) {
        build->exports = ud_exports_new();
    }
}

/* Told before anything is fetched. Where there is a build of ours with something added,
 * it waits until it is known whether there is anything to do at all. */
static enum ud_code check_output_early(struct ud_build *build, struct ud_error *err)
{
    struct ud_error why = {0};
    if (ud_build_check_output(build, &why) == UD_OK) {
        return UD_OK;
    }
    char *dir = ud_build_output_dir(build);
    bool may_be_unchanged = ud_dist_is_at(dir) && !build->options->dry_run;
    free(dir);
    return may_be_unchanged ? UD_OK : ud_error_pass(err, &why);
}

static enum ud_code find_inputs(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(ud_build_ask_layout(build, err));
    UD_TRY(ud_build_find_symvers(build, err));
    UD_TRY(ud_build_find_seed(build, err));
    UD_TRY(ud_build_find_sources(build, err));
    UD_TRY(ud_build_find_patches(build, err));
    want_crcs(build);
    return UD_OK;
}

/* Without a network all that is missing is told at once. */
static enum ud_code find_offline(struct ud_build *build, struct ud_error *err)
{
    struct ud_error missing = {0};
    enum ud_code builder = ud_builder_image_check(&build->builder_image, &missing);
    if (builder != UD_OK && builder != UD_ERR_NOT_FOUND) {
        return ud_fail(err, builder, missing.remedy, "%s", missing.message);
    }
    enum ud_code rc = find_inputs(build, err);
    if (builder != UD_OK && rc == UD_OK) {
        return ud_fail(err, builder, missing.remedy, "%s", missing.message);
    }
    if (builder != UD_OK && rc != UD_ERR_INTERRUPTED) {
        ud_error_prefix(err, "%s; besides", missing.message);
    }
    return rc;
}

static enum ud_code build_prepare(struct ud_build *build, struct ud_error *err)
{
    struct ud_build_result *result = build->result;
    UD_TRY(ud_build_prepare_signing(build, err));
    UD_TRY(ud_build_read_inputs(build, err));
    UD_TRY(ud_build_read_patches(build, err));
    const struct ud_builder_wish wish = {.image = build->options->builder,
                                         .platform = build->options->platform};
    UD_TRY(ud_builder_image_choose(ud_build_engine(build), &wish, &result->facts,
                                   &build->builder_image, err));
    if (build->options->patches != NULL) {
        ud_builder_image_want_patch(&build->builder_image);
    }
    bool offline = build->options->offline && !build->options->dry_run;
    UD_TRY(offline ? find_offline(build, err) : find_inputs(build, err));
    result->source =
        build->patches.len > 0
            ? ud_strf("%s with %zu patch%s (%s)", build->sources.name, build->patches.len,
                      build->patches.len == 1 ? "" : "es", build->patches.origin)
            : ud_strdup(build->sources.name);
    result->builder = ud_strdup(build->builder_image.image);
    return UD_OK;
}

static enum ud_code build_in_container(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(ud_builder_image_ensure(build->app, &build->builder_image, err));
    UD_TRY(ud_build_ask_early(build, err));
    UD_TRY(ud_build_open_shop(build, err));
    if (!build->cache.reused) {
        UD_TRY(ud_build_send_sources(build, err));
    }
    UD_TRY(ud_build_check_symvers(build, err));
    UD_TRY(ud_build_container_start(&build->container, err));
    if (!build->cache.reused) {
        UD_TRY(ud_build_apply_patches(build, err));
    }
    UD_TRY(ud_build_look_for_holes(build, err));
    UD_TRY(build->cache.reused ? ud_build_resume(build, err) : ud_build_configure(build, err));
    UD_TRY(ud_build_compile(build, err));
    UD_TRY(ud_build_collect(build, err));
    return ud_build_keep_prepared(build, err);
}

/* By compiling. */
static enum ud_code build_compile(struct ud_build *build, struct ud_error *err)
{
    bool unchanged = false;
    UD_TRY(build_prepare(build, err));
    if (build->options->dry_run) {
        return UD_OK;
    }
    UD_TRY(ud_build_identify(build, err));
    UD_TRY(ud_build_is_unchanged(build, &unchanged, err));
    if (unchanged) {
        return UD_OK;
    }
    UD_TRY(ud_build_check_output(build, err));
    UD_TRY(ud_build_find_drivers(build, err));
    if (build->result->nothing_to_do) {
        return UD_OK;
    }
    enum ud_code rc = build_in_container(build, err);
    ud_early_evidence_free(build->early);
    ud_build_container_close(&build->container);
    UD_TRY(rc);
    return ud_build_sign(build, err);
}

static enum ud_code build_run(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(ud_build_read_wish(build, err));
    UD_TRY(ud_build_open_signer(build, err));
    UD_TRY(ud_build_cache_begin(build, err));
    UD_TRY(ud_engines_connect(build->app, &build->options->vm, build->options->build_host,
                              &build->vm, &build->builder_host, err));
    build->package_vm.engine = build->vm.engine;
    UD_TRY(build_learn(build, err));
    if (build->result->nothing_to_do) {
        return UD_OK;
    }
    UD_TRY(check_output_early(build, err));
    UD_TRY(ud_build_take_packaged(build, err));
    if (!build->packaged) {
        UD_TRY(build_compile(build, err));
    }
    return build->built_count > 0 ? ud_build_write(build, err) : UD_OK;
}

static void build_release(struct ud_build *build)
{
    ud_build_forget(build);
    free(build->built);
    ud_strv_done(&build->packaged_texts);
    ud_driver_wish_done(&build->wanted);
    ud_drivers_free(build->drivers);
    ud_strv_done(&build->driver_dirs);
    ud_evidence_done(&build->evidence);
    ud_exports_free(build->exports);
    ud_acquire_done(&build->acquire);
    ud_build_cache_done(&build->cache);
    ud_builder_image_done(&build->builder_image);
    ud_sources_done(&build->sources);
    ud_sources_wish_done(&build->wish);
    ud_config_edits_done(&build->edits);
    ud_patches_done(&build->patches);
    ud_strv_done(&build->patched_files);
    ud_strv_done(&build->usb_symbols);
    ud_strv_done(&build->holes);
    ud_symvers_done(&build->symvers);
    ud_buf_done(&build->symvers_text);
    free(build->compiler);
    ud_signer_free(build->signer);
    ud_package_vm_done(&build->package_vm);
    ud_connection_done(&build->vm);
    ud_connection_done(&build->builder_host);
}

enum ud_code ud_app_build(const struct ud_app *app, const struct ud_build_options *options,
                          struct ud_build_result *ret, struct ud_error *err)
{
    struct ud_build_result result = {.dry_run = options->dry_run};
    struct ud_build build = {.app = app, .options = options, .result = &result};
    ud_buf_init(&build.symvers_text, UD_SYMVERS_TEXT_MAX);
    enum ud_code rc = build_run(&build, err);
    build_release(&build);
    if (rc == UD_OK) {
        *ret = result;
    } else {
        ud_build_result_done(&result);
    }
    return rc;
}
