#include "app/status.h"

#include <stdlib.h>
#include <string.h>

#include "app/load/usbip_check.h"
#include "artifacts/dist.h"
#include "artifacts/learn.h"
#include "sources/routes_of.h"
#include "engine/sweep.h"
#include "platform/fs.h"
#include "util/mem.h"
#include "vm/engine_kind.h"

static void artifact_done(struct ud_status_artifact *artifact)
{
    free(artifact->dir);
    free(artifact->reason);
    ud_manifest_done(&artifact->manifest);
}

void ud_status_done(struct ud_status *status)
{
    for (size_t i = 0; i < status->artifact_count; i++) {
        artifact_done(&status->artifacts[i]);
    }
    free(status->artifacts);
    free(status->endpoint);
    free(status->origin);
    free(status->packages);
    ud_engine_info_done(&status->engine);
    ud_facts_done(&status->facts);
    ud_plan_done(&status->plan);
    ud_inventory_done(&status->inventory);
    ud_installation_done(&status->installation);
    ud_usbip_check_done(&status->self_test);
    *status = (struct ud_status){0};
}

/* In one word, from the two modules that matter. */
static const char *usbip_word(const struct ud_plan *plan)
{
    const struct ud_plan_item *core = &plan->items[UD_PLAN_USBIP_CORE];
    const struct ud_plan_item *vhci = &plan->items[UD_PLAN_VHCI_HCD];
    if (vhci->origin == UD_ORIGIN_BUILTIN) {
        return "built in";
    }
    if (vhci->loaded) {
        return "loaded";
    }
    bool own = vhci->origin == UD_ORIGIN_OWN_FILE && core->origin != UD_ORIGIN_BUILD;
    return own ? "loadable" : "missing";
}

static void judge_artifact(struct ud_status *status, const char *dir)
{
    struct ud_dist dist = {0};
    struct ud_error why = {0};
    enum ud_code rc = ud_dist_read(dir, &dist, &why);
    bool readable = rc == UD_OK;
    if (readable && status->facts_known) {
        rc = ud_dist_check(&dist, &status->facts, false, &why);
    }
    status->artifacts =
        ud_realloc(status->artifacts, status->artifact_count + 1, sizeof *status->artifacts);
    struct ud_status_artifact *artifact = &status->artifacts[status->artifact_count++];
    *artifact = (struct ud_status_artifact){
        .dir = ud_strdup(dir),
        .fits = rc == UD_OK && status->facts_known,
        .reason = ud_strdup(rc != UD_OK ? why.message : ""),
    };
    if (readable) {
        artifact->manifest = dist.manifest;
        dist.manifest = (struct ud_manifest){0};
    }
    ud_dist_done(&dist);
}

static void find_artifacts(struct ud_status *status, const char *input)
{
    const char *top = input != NULL ? input : "dist";
    struct ud_strv names = {0};
    struct ud_error why = {0};
    if (ud_dist_is_at(top)) {
        judge_artifact(status, top);
        return;
    }
    if (ud_fs_kind(top) != UD_FS_DIR || ud_fs_list(top, &names, &why) != UD_OK) {
        return;
    }
    for (size_t i = 0; i < names.len; i++) {
        char *dir = ud_fs_join(top, names.items[i]);
        if (names.items[i][0] != '.' && ud_dist_is_at(dir)) {
            judge_artifact(status, dir);
        }
        free(dir);
    }
    ud_strv_done(&names);
}

/* What the sources of the loaded module had, which its kernel's version does not tell. */
static void know_fix(struct ud_status *status)
{
    const struct ud_loaded_module *core = ud_loaded_find(&status->facts.loaded, "usbip_core");
    for (size_t i = 0; core != NULL && core->build_id != NULL && i < status->artifact_count; i++) {
        const char *fixed = ud_manifest_fixed_build_id(&status->artifacts[i].manifest);
        if (fixed != NULL && strcmp(fixed, core->build_id) == 0) {
            status->facts.vhci_overflow = false;
        }
    }
}

/* Enhanced Container Isolation of Docker Desktop: privileged is not what it says there. */
static void warn_of_isolation(const struct ud_app *app, const struct ud_engine_info *engine)
{
    if (strstr(engine->default_runtime, "sysbox") != NULL) {
        ud_report_message(
            app->report, UD_REPORT_WARN,
            "the engine isolates its containers from the VM's kernel (runtime %s): "
            "`load` and `attach` cannot work. Switch Enhanced Container Isolation off "
            "in Docker Desktop's settings",
            engine->default_runtime);
    }
}

/* As far as the configuration tells: nothing is fetched. */
static char *packages_for(const struct ud_facts *facts, const struct ud_plan *plan)
{
    struct ud_routes routes = {0};
    ud_routes_of_kernel(facts, NULL, false, &routes);
    const struct ud_route *route = ud_routes_modules(&routes);
    const bool all = facts->has_config && !plan->nothing_to_build &&
                     ud_plan_unmade(plan, &facts->config) == UD_PLAN_MODULE_COUNT;
    char *what = all && route != NULL && route->unusable == NULL ? ud_strdup(route->what) : NULL;
    ud_routes_done(&routes);
    return what;
}

static enum ud_code ask_engine(const struct ud_app *app, const struct ud_status_options *options,
                               struct ud_connection *connection, struct ud_status *status,
                               struct ud_error *err)
{
    UD_TRY(ud_engine_info(connection->engine, &status->engine, err));
    status->engine_up = true;
    warn_of_isolation(app, &status->engine);
    status->vm_kind = ud_vm_kind(&status->engine, NULL);
    UD_TRY(ud_learn_kernel(app, connection->engine, NULL, options->input, &status->facts, err));
    status->facts_known = true;
    status->vm_kind = ud_vm_kind(&status->engine, &status->facts);
    ud_plan_look(&status->facts, &status->plan);
    status->usbip = usbip_word(&status->plan);
    status->packages = packages_for(&status->facts, &status->plan);
    if (!status->facts.has_config && !status->plan.nothing_to_build) {
        ud_report_message(
            app->report, UD_REPORT_NOTE,
            "kernel %s does not show its configuration (/proc/config.gz, /boot, configs.ko): "
            "`build` needs it with --kernel-config",
            status->facts.release.text);
    }
    UD_TRY(ud_installation_look(connection->engine, &status->installation, err));
    return ud_inventory_list(connection->engine, &status->inventory, err);
}

/* The same questions as before loading: it changes the kernel, for a moment. */
static enum ud_code self_test(const struct ud_app *app, const struct ud_status_options *options,
                              const struct ud_connection *connection, struct ud_status *status,
                              struct ud_error *err)
{
    UD_TRY(ud_kernel_access_check_root(&status->engine, err));
    UD_TRY(ud_kernel_access_check_native(ud_vm_is_this_machine(&status->facts), options->native,
                                         connection->endpoint, err));
    if (!status->facts.vhci_present) {
        return ud_fail(err, UD_ERR_NOT_FOUND, "Run `usbipd-desktop load` first.",
                       "there is no USB/IP to test: the kernel %s has no driver vhci_hcd",
                       status->facts.release.text);
    }
    ud_sweep(app, connection->engine);
    status->self_tested = true;
    return ud_usbip_check_run(app, connection->engine, &status->self_test, err);
}

enum ud_code ud_app_status(const struct ud_app *app, const struct ud_status_options *options,
                           struct ud_status *ret, struct ud_error *err)
{
    struct ud_connection connection = {0};
    *ret = (struct ud_status){0};
    enum ud_code rc = ud_app_connect(app, &options->vm, &connection, err);
    if (connection.endpoint != NULL) {
        ret->endpoint = ud_strdup(connection.endpoint);
        ret->origin = ud_strdup(connection.origin);
    }
    if (rc == UD_OK) {
        rc = ask_engine(app, options, &connection, ret, err);
    }
    if (rc == UD_OK && options->self_test) {
        rc = self_test(app, options, &connection, ret, err);
    }
    ud_connection_done(&connection);
    find_artifacts(ret, options->input);
    know_fix(ret);
    return rc;
}
