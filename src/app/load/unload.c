#include "app/load/load.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "docker/engine/labels.h"
#include "docker/images/image.h"
#include "kernel/elf/module.h"
#include "kernel/modlist/module_name.h"
#include "kernel/plan/refusal.h"
#include "load/steps.h"
#include "proto/check.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"
#include "vm/helper_call.h"
#include "vm/helper_image.h"

/* What happened, as the helper told it. */
struct unload {
    struct ud_load *load;
    struct ud_image_list images; /* that say which builds of modules they have */
    struct ud_strv targets;      /* NAME or NAME:BUILDID, in the order of removal */
    struct ud_strv trouble;      /* one clause for each module that stays */
    int first_errno;
};

static bool is_usbip(enum ud_plan_module which)
{
    return which == UD_PLAN_USBIP_CORE || which == UD_PLAN_VHCI_HCD;
}

/* ---- where a loaded module comes from ---- */

/* The builds of modules that an image says it has, "usbcore=5f8c…", in load order; none of one for
 * another kernel. What is installed may be for several, and names none. */
static void unload_list_builds(const struct unload *unload, const struct ud_image *image,
                               struct ud_strv *ret)
{
    const char *release = ud_labels_get(&image->labels, UD_LABEL_RELEASE);
    const char *ids = ud_labels_get(&image->labels, UD_LABEL_BUILD_IDS);
    if (ids == NULL ||
        (release != NULL && strcmp(release, unload->load->facts.release.text) != 0)) {
        return;
    }
    for (const char *word = ids; *word != '\0'; word += strspn(word, " ")) {
        const size_t len = strcspn(word, " ");
        ud_strv_addn(ret, word, len);
        word += len;
    }
}

/* Of what `install` made. */
static bool unload_is_installed(const struct unload *unload)
{
    const char *installed = ud_role_info(UD_ROLE_INSTALLED)->name;
    for (size_t i = 0; i < unload->images.len; i++) {
        const char *role = ud_labels_get(&unload->images.items[i].labels, UD_LABEL_ROLE);
        if (role != NULL && strcmp(role, installed) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether an image says that it has this build of the module. */
static bool unload_is_of_image(const struct unload *unload, const char *name, const char *build_id)
{
    char *wanted = ud_strf("%s=%s", name, build_id);
    bool found = false;
    for (size_t i = 0; i < unload->images.len && !found; i++) {
        struct ud_strv builds = {0};
        unload_list_builds(unload, &unload->images.items[i], &builds);
        found = ud_strv_has(&builds, wanted);
        ud_strv_done(&builds);
    }
    free(wanted);
    return found;
}

/* Modules of ours that a container of an image inserted. That they are not known is no reason
 * to fail. */
static enum ud_code unload_ask_images(struct unload *unload, struct ud_error *err)
{
    struct ud_load *load = unload->load;
    struct ud_error why = {0};
    enum ud_code rc = ud_image_list(load->vm.engine, UD_LABEL_BUILD_IDS, &unload->images, &why);
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_error_pass(err, &why);
    }
    if (rc != UD_OK) {
        ud_report_message(load->app->report, UD_REPORT_DETAIL,
                          "modules of images are not known: %s", why.message);
    }
    return UD_OK;
}

/* What proves that a module of this name, as it is loaded, is ours: a text, or NULL. Anybody can
 * give an image labels: of a module that the VM has a file of they prove nothing. */
static const char *unload_proof(const struct unload *unload, const char *name)
{
    const struct ud_load *load = unload->load;
    const struct ud_loaded_module *loaded = ud_loaded_find(&load->facts.loaded, name);
    const struct ud_manifest_module *ours = ud_load_in_manifest(load, name);
    if (loaded == NULL || loaded->build_id == NULL || !ud_check_build_id(loaded->build_id)) {
        return NULL;
    }
    if (ours != NULL && strcmp(ours->build_id, loaded->build_id) == 0) {
        return ud_load_ours_text(load, name);
    }
    return ud_deps_find(&load->facts.deps, name) == NULL &&
                   unload_is_of_image(unload, name, loaded->build_id)
               ? UD_ORIGIN_TEXT_IMAGE
               : NULL;
}

static bool unload_is_vms_own(const struct ud_load *load, enum ud_plan_module which)
{
    return load->plan.items[which].origin == UD_ORIGIN_OWN_FILE ||
           load->plan.items[which].origin == UD_ORIGIN_LOADED;
}

static const char *unload_origin(const struct unload *unload, const char *name)
{
    const struct ud_load *load = unload->load;
    const char *proof = unload_proof(unload, name);
    for (int i = 0; i < UD_PLAN_MODULE_COUNT && proof == NULL; i++) {
        if (ud_module_name_equal(ud_plan_module_name((enum ud_plan_module)i), name)) {
            return unload_is_vms_own(load, (enum ud_plan_module)i) ? UD_ORIGIN_TEXT_OWN
                                                                   : UD_ORIGIN_TEXT_UNKNOWN;
        }
    }
    return proof != NULL ? proof : UD_ORIGIN_TEXT_UNKNOWN;
}

/* ---- what is to go ---- */

/* Decides for one module of the plan's list. Ours is what has the build id that the manifest or an
 * image's label says. With --all also what is of unknown origin, and the VM's own usbip modules;
 * but never the VM's usbcore, on which other devices may depend. */
static void choose_one(struct unload *unload, enum ud_plan_module which)
{
    struct ud_load *load = unload->load;
    const char *name = ud_plan_module_name(which);
    const struct ud_loaded_module *loaded = ud_loaded_find(&load->facts.loaded, name);
    if (loaded == NULL) {
        return;
    }
    const bool may_go = is_usbip(which) || !unload_is_vms_own(load, which);
    if (unload_proof(unload, name) != NULL) {
        ud_strv_addf(&unload->targets, "%s:%s", name, loaded->build_id);
    } else if (load->options->all && may_go) {
        ud_strv_add(&unload->targets, name);
    } else if (may_go || ud_load_in_manifest(load, name) != NULL) {
        ud_load_tell(load, name, "foreign", unload_origin(unload, name),
                     may_go ? "not from these artifacts: --all takes it out all the same"
                            : "not from these artifacts");
    }
}

/* A module of the list of a manifest or an image: it goes if it is a driver of ours. */
static void unload_choose_driver(struct unload *unload, const char *name)
{
    if (!ud_dist_is_driver(name) || unload_proof(unload, name) == NULL) {
        return;
    }
    char *target =
        ud_strf("%s:%s", name, ud_loaded_find(&unload->load->facts.loaded, name)->build_id);
    if (!ud_strv_has(&unload->targets, target)) {
        ud_strv_add(&unload->targets, target);
    }
    free(target);
}

/* The last loaded first: they may use what is decided after them. */
static void unload_choose_drivers(struct unload *unload)
{
    const struct ud_load *load = unload->load;
    const struct ud_manifest *manifest = &load->dist.manifest;
    for (size_t i = load->has_dist ? manifest->module_count : 0; i > 0; i--) {
        unload_choose_driver(unload, manifest->modules[i - 1].name);
    }
}

/* The same of an image. */
static void unload_choose_drivers_of(struct unload *unload, const struct ud_image *image)
{
    struct ud_strv builds = {0};
    unload_list_builds(unload, image, &builds);
    for (size_t i = builds.len; i > 0; i--) {
        char *name = ud_strndup(builds.items[i - 1], strcspn(builds.items[i - 1], "="));
        unload_choose_driver(unload, name);
        free(name);
    }
    ud_strv_done(&builds);
}

static enum ud_code unload_read_dist(struct ud_load *load, struct ud_error *err)
{
    char *dir = NULL;
    struct ud_error why = {0};
    enum ud_code rc = ud_dist_find(load->options->input, load->facts.release.text, &dir, &why);
    if (rc == UD_ERR_NOT_FOUND) {
        return UD_OK;
    }
    char *path = ud_strf("%s/manifest.json", dir);
    rc = ud_manifest_read(path, &load->dist.manifest, err);
    load->has_dist = rc == UD_OK;
    free(path);
    free(dir);
    return rc;
}

static void unload_on_result(struct unload *unload, const struct ud_record *record)
{
    struct ud_load *load = unload->load;
    switch (record->verdict) {
    case UD_VERDICT_REMOVED:
        ud_load_tell(load, record->name, "removed", unload_origin(unload, record->name), "");
        break;
    case UD_VERDICT_ABSENT:
        ud_load_tell(load, record->name, "absent", "", "");
        break;
    case UD_VERDICT_FOREIGN:
        ud_load_tell(load, record->name, "foreign", unload_origin(unload, record->name),
                     "not from these artifacts");
        break;
    case UD_VERDICT_BUSY:
    case UD_VERDICT_FAILED:
        ud_strv_addf(&unload->trouble, "%s: %s", record->name, record->text);
        unload->first_errno = unload->first_errno != 0 ? unload->first_errno : record->errnum;
        break;
    default:
        break;
    }
}

static enum ud_code unload_on_record(void *ctx, const struct ud_record *record,
                                     struct ud_error *err)
{
    (void)err;
    struct unload *unload = ctx;
    if (record->type == UD_RECORD_RESULT) {
        unload_on_result(unload, record);
    }
    return UD_OK;
}

static enum ud_code unload_call_helper(struct unload *unload, struct ud_error *err)
{
    struct ud_load *load = unload->load;
    char *image = NULL;
    UD_TRY(ud_helper_image_ensure(load->app, load->vm.engine, &image, err));
    struct ud_helper_call call = {
        .role = UD_ROLE_MODULES, .image = image, .record = unload_on_record, .ctx = unload};
    ud_strv_add(&call.args, UD_OP_REMOVE);
    for (size_t i = 0; i < unload->targets.len; i++) {
        ud_strv_add(&call.args, unload->targets.items[i]);
    }
    enum ud_code rc = ud_helper_call_run(load->vm.engine, &call, err);
    ud_strv_done(&call.args);
    free(image);
    return rc;
}

static enum ud_code unload_explain(const struct unload *unload, enum ud_code rc,
                                   struct ud_error *err)
{
    if (unload->trouble.len == 0) {
        return rc;
    }
    char *trouble = ud_strv_join(&unload->trouble, "; ");
    ud_str_sanitize(trouble);
    const char *remedy = rc == UD_ERR_BUSY
                             ? "Detach the devices and stop what uses them, then try again."
                             : ud_refusal_remove(unload->first_errno)->remedy;
    rc = ud_fail(err, rc, remedy, "not unloaded: %s", trouble);
    free(trouble);
    return rc;
}

static enum ud_code remove_targets(struct unload *unload, struct ud_error *err)
{
    struct ud_load *load = unload->load;
    if (unload->targets.len == 0) {
        return UD_OK;
    }
    struct ud_error why = {0};
    ud_report_step(load->app->report, "Removing %zu module%s", unload->targets.len,
                   unload->targets.len == 1 ? "" : "s");
    enum ud_code rc = unload_call_helper(unload, &why);
    if (rc == UD_OK) {
        ud_report_step_end(load->app->report, NULL);
        return UD_OK;
    }
    rc = ud_error_pass(err, &why);
    return unload_explain(unload, rc, err);
}

static void unload_choose_only(struct unload *unload)
{
    const struct ud_load *load = unload->load;
    for (size_t i = 0; i < load->options->only->len; i++) {
        const char *name = load->options->only->items[i];
        if (ud_loaded_find(&load->facts.loaded, name) != NULL) {
            ud_strv_add(&unload->targets, name);
        }
    }
}

static void unload_choose(struct unload *unload)
{
    if (unload->load->options->only != NULL) {
        unload_choose_only(unload);
        return;
    }
    unload_choose_drivers(unload);
    for (size_t i = 0; i < unload->images.len; i++) {
        unload_choose_drivers_of(unload, &unload->images.items[i]);
    }
    for (int which = UD_PLAN_MODULE_COUNT; which > 0; which--) {
        choose_one(unload, (enum ud_plan_module)(which - 1));
    }
}

static enum ud_code unload_run(struct ud_load *load, struct ud_error *err)
{
    struct unload unload = {.load = load};
    UD_TRY(ud_load_begin(load, err));
    if (load->options->only == NULL) {
        UD_TRY(unload_read_dist(load, err));
        UD_TRY(unload_ask_images(&unload, err));
    }
    ud_plan_look(&load->facts, &load->plan);
    unload_choose(&unload);
    load->result->installed = unload_is_installed(&unload);
    enum ud_code rc = remove_targets(&unload, err);
    ud_image_list_done(&unload.images);
    ud_strv_done(&unload.targets);
    ud_strv_done(&unload.trouble);
    return rc;
}

enum ud_code ud_app_unload(const struct ud_app *app, const struct ud_load_options *options,
                           struct ud_load_result *ret, struct ud_error *err)
{
    return ud_load_use_case(app, options, unload_run, ret, err);
}
