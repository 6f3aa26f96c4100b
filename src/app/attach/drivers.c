#include "attach/drivers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "artifacts/dist.h"
#include "kernel/modlist/module_name.h"
#include "platform/fs.h"
#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "usbip/modalias.h"
#include "util/mem.h"
#include "util/str.h"

static void found_add(struct ud_found_drivers *drivers, const char *module,
                      enum ud_driver_place place)
{
    for (size_t i = 0; i < drivers->count; i++) {
        if (ud_module_name_equal(drivers->items[i].module, module)) {
            return;
        }
    }
    drivers->items = ud_realloc(drivers->items, drivers->count + 1, sizeof *drivers->items);
    drivers->items[drivers->count++] =
        (struct ud_found_driver){.module = ud_strdup(module), .place = place};
}

/* ---- artifacts ---- */

/* Empty if there are none for this kernel. */
static enum ud_code drivers_read_manifest(const struct ud_attach_session *session,
                                          const char *input, struct ud_manifest *ret,
                                          struct ud_error *err)
{
    char *dir = NULL;
    if (ud_dist_find(input, session->engine.kernel, &dir, NULL) != UD_OK) {
        return UD_OK;
    }
    char *path = ud_fs_join(dir, "manifest.json");
    enum ud_code rc = ud_manifest_read(path, ret, err);
    free(path);
    free(dir);
    if (rc == UD_OK && strcmp(ret->release, session->engine.kernel) != 0) {
        ud_manifest_done(ret);
    }
    return rc;
}

char *ud_attach_fixed_build_id(const struct ud_attach_session *session, const char *input)
{
    struct ud_manifest manifest = {0};
    if (drivers_read_manifest(session, input, &manifest, NULL) != UD_OK) {
        return NULL;
    }
    const char *fixed = ud_manifest_fixed_build_id(&manifest);
    char *build_id = fixed != NULL ? ud_strdup(fixed) : NULL;
    ud_manifest_done(&manifest);
    return build_id;
}

static bool drivers_module_fits(const struct ud_manifest_module *module, const char *modalias)
{
    for (size_t i = 0; i < module->aliases.len; i++) {
        if (ud_modalias_fits(module->aliases.items[i], modalias)) {
            return true;
        }
    }
    return false;
}

/* Those of the artifacts that fit any of the modaliases. */
static void drivers_list_built(const struct ud_attach_drivers *drivers, struct ud_strv *ret)
{
    for (size_t m = 0; m < drivers->manifest.module_count; m++) {
        const struct ud_manifest_module *module = &drivers->manifest.modules[m];
        bool fits = false;
        for (size_t i = 0; i < drivers->modaliases.len && !fits; i++) {
            fits = drivers_module_fits(module, drivers->modaliases.items[i]);
        }
        if (fits && ret->len < UD_OPS_MODULES_MAX) {
            ud_strv_add(ret, module->name);
        }
    }
}

/* ---- the VM ---- */

void ud_attach_drivers_done(struct ud_attach_drivers *drivers)
{
    ud_strv_done(&drivers->modaliases);
    ud_attach_answer_done(&drivers->answer);
    ud_manifest_done(&drivers->manifest);
    *drivers = (struct ud_attach_drivers){0};
}

enum ud_code ud_attach_drivers_ask(const struct ud_attach_session *session, const char *input,
                                   const struct ud_strv *modaliases, struct ud_attach_drivers *ret,
                                   struct ud_error *err)
{
    struct ud_strv args = {0};
    struct ud_strv built = {0};
    struct ud_error why = {0};
    *ret = (struct ud_attach_drivers){0};
    if (modaliases->len == 0) {
        return UD_OK;
    }
    ud_strv_add(&args, UD_OP_ALIASES);
    ud_strv_add(&args, UD_OPS_FLAG_ENTER);
    for (size_t i = 0; i < modaliases->len && ret->modaliases.len < UD_OPS_MODALIASES_MAX; i++) {
        if (ud_check_modalias(modaliases->items[i])) { /* a device may go while it is read */
            ud_strv_add(&args, modaliases->items[i]);
            ud_strv_add(&ret->modaliases, modaliases->items[i]);
        }
    }
    if (ret->modaliases.len == UD_OPS_MODALIASES_MAX && modaliases->len > ret->modaliases.len) {
        ud_report_message(session->app->report, UD_REPORT_WARN,
                          "drivers are looked for for the first %d of %zu kinds of interfaces",
                          UD_OPS_MODALIASES_MAX, modaliases->len);
    }
    if (ret->modaliases.len == 0) {
        ud_strv_done(&args);
        return UD_OK;
    }
    if (drivers_read_manifest(session, input, &ret->manifest, &why) != UD_OK) {
        ud_report_message(session->app->report, UD_REPORT_WARN,
                          "the drivers that were built are not known: %s", why.message);
    }
    drivers_list_built(ret, &built);
    for (size_t i = 0; i < built.len; i++) {
        if (i == 0) {
            ud_strv_add(&args, "--");
        }
        ud_strv_add(&args, built.items[i]);
    }
    enum ud_code rc = ud_attach_ask(session, UD_ROLE_PROBE_VM, &args, &ret->answer, err);
    ud_strv_done(&built);
    ud_strv_done(&args);
    return rc;
}

static enum ud_driver_place drivers_place(const struct ud_attach_drivers *drivers,
                                          const char *module, enum ud_driver_place where)
{
    char *key = ud_strf(UD_FACT_MODULE_PREFIX "%s", module);
    const char *state = ud_facts_fill_get(&drivers->answer.facts, key);
    free(key);
    if (state != NULL && strcmp(state, UD_MODULE_IS_BUILTIN) == 0) {
        return UD_DRIVER_BUILTIN;
    }
    return state != NULL && strcmp(state, UD_MODULE_IS_LOADED) == 0 ? UD_DRIVER_LOADED : where;
}

void ud_attach_drivers_find(const struct ud_attach_drivers *drivers, const char *modalias,
                            struct ud_found_drivers *ret)
{
    const struct ud_facts_fill *facts = &drivers->answer.facts;
    char key[sizeof UD_FACT_ALIAS_PREFIX + 24];
    size_t number = 0;
    while (number < drivers->modaliases.len &&
           strcmp(drivers->modaliases.items[number], modalias) != 0) {
        number++;
    }
    if (number == drivers->modaliases.len) {
        return;
    }
    (void)snprintf(key, sizeof key, UD_FACT_ALIAS_PREFIX "%zu", number);
    for (size_t i = 0; i < facts->keys.len; i++) {
        if (strcmp(facts->keys.items[i], key) == 0) {
            const char *module = facts->values.items[i];
            found_add(ret, module, drivers_place(drivers, module, UD_DRIVER_IN_VM));
        }
    }
    for (size_t i = 0; i < drivers->manifest.module_count; i++) {
        const struct ud_manifest_module *module = &drivers->manifest.modules[i];
        if (drivers_module_fits(module, modalias)) {
            found_add(ret, module->name, drivers_place(drivers, module->name, UD_DRIVER_IN_DIST));
        }
    }
}
