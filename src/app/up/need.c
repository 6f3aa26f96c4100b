/* What is missing in the VM, and building it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/drivers/drivers.h"
#include "kernel/modlist/module_name.h"
#include "up/steps.h"
#include "usbip/modalias.h"
#include "util/mem.h"
#include "util/str.h"

/* ---- what there is ---- */

void ud_up_read_dist(struct ud_up *up)
{
    struct ud_error why = {0};
    char *dir = NULL;
    ud_dist_done(&up->dist);
    up->has_dist = false;
    if (ud_dist_find(up->modules, up->facts.release.text, &dir, NULL) != UD_OK) {
        return;
    }
    enum ud_code rc = ud_dist_read(dir, &up->dist, &why);
    if (rc == UD_OK) {
        rc = ud_dist_check(&up->dist, &up->facts, false, &why);
    }
    up->has_dist = rc == UD_OK;
    if (!up->has_dist) {
        ud_report_message(up->app.report, UD_REPORT_NOTE, "%s is of no use: %s", dir, why.message);
        ud_dist_done(&up->dist);
    }
    free(dir);
}

static bool need_dist_has(const struct ud_up *up, const char *name)
{
    for (size_t i = 0; i < up->dist.count; i++) {
        if (ud_module_name_equal(up->dist.modules[i].name, name)) {
            return true;
        }
    }
    return false;
}

static bool need_vm_has(const struct ud_up *up, const char *name)
{
    return ud_loaded_find(&up->facts.loaded, name) != NULL ||
           ud_builtin_has(&up->facts.builtin, name) || ud_deps_find(&up->facts.deps, name) != NULL;
}

/* The items of a list with commas that ret does not have. */
static void need_split(const char *list, struct ud_strv *ret)
{
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        struct ud_slice trimmed = ud_slice_trim((struct ud_slice){list, len});
        char *item = ud_strndup(trimmed.ptr, trimmed.len);
        if (trimmed.len > 0 && !ud_strv_has(ret, item)) {
            ud_strv_add(ret, item);
        }
        free(item);
        list += len + (list[len] == ',' ? 1 : 0);
    }
}

/* What the modules in the folder were asked for. */
static void need_built_for(const struct ud_up *up, struct ud_strv *ret)
{
    if (up->has_dist && up->dist.manifest.wanted != NULL) {
        need_split(up->dist.manifest.wanted, ret);
    }
}

static bool need_lacks_usbip(const struct ud_up *up)
{
    for (int i = UD_PLAN_USB_COMMON; i < UD_PLAN_MODULE_COUNT && !up->vhci; i++) {
        const char *name = ud_plan_module_name((enum ud_plan_module)i);
        if (up->plan.items[i].origin == UD_ORIGIN_BUILD && !up->plan.items[i].loaded &&
            !need_dist_has(up, name)) {
            return true;
        }
    }
    return false;
}

static bool need_lacks_named(const struct ud_up *up)
{
    struct ud_strv built_for = {0};
    struct ud_strv named = {0};
    bool lacks = false;
    need_built_for(up, &built_for);
    for (size_t i = 0; i < up->options->build.with.len; i++) {
        need_split(up->options->build.with.items[i], &named);
    }
    for (size_t i = 0; i < named.len && !lacks; i++) {
        const char *name = named.items[i];
        bool module =
            !ud_driver_is_group(name) && (need_vm_has(up, name) || need_dist_has(up, name));
        lacks = !module && !ud_strv_has(&built_for, name);
    }
    ud_strv_done(&named);
    ud_strv_done(&built_for);
    return lacks;
}

bool ud_up_lacks_modules(const struct ud_up *up)
{
    return need_lacks_usbip(up) || need_lacks_named(up);
}

static bool need_is_loaded(const struct ud_up *up, const char *name)
{
    bool loaded = ud_loaded_find(&up->facts.loaded, name) != NULL;
    for (size_t i = 0; i < up->result->loaded.len && !loaded; i++) {
        loaded = ud_module_name_equal(up->result->loaded.items[i], name);
    }
    return loaded;
}

/* ---- drivers by device ---- */

/* Whether a driver in the folder is for it; unloaded: one that is not loaded. */
static bool need_dist_serves(const struct ud_up *up, const char *modalias, bool unloaded)
{
    struct ud_strv found = {0};
    for (size_t i = 0; up->has_dist && i < up->dist.manifest.module_count && found.len == 0; i++) {
        const struct ud_manifest_module *module = &up->dist.manifest.modules[i];
        if (unloaded && need_is_loaded(up, module->name)) {
            continue;
        }
        for (size_t k = 0; k < module->aliases.len && found.len == 0; k++) {
            char *line = ud_strf("alias %s %s\n", module->aliases.items[k], module->name);
            ud_modalias_modules(ud_slice_of(line), modalias, &found);
            free(line);
        }
    }
    bool serves = found.len > 0;
    ud_strv_done(&found);
    return serves;
}

static bool need_is_told(const struct ud_usbip_device *device)
{
    return device->interfaces_told && device->interface_count > 0;
}

static void need_add_device(const struct ud_up *up, const struct ud_usbip_device *told,
                            struct ud_strv *ret)
{
    struct ud_usbip_device device = *told;
    struct ud_strv built_for = {0};
    bool with_class = need_is_told(told);
    if (!with_class) {
        device.interface_count = 1;
    }
    need_built_for(up, &built_for);
    for (size_t i = 0; i < device.interface_count; i++) {
        const struct ud_usbip_class *class = &device.interfaces[i];
        char modalias[UD_MODALIAS_SIZE];
        char wish[32];
        int n = snprintf(wish, sizeof wish, "%04x:%04x", device.vendor, device.product);
        if (with_class) {
            (void)snprintf(wish + n, sizeof wish - (size_t)n, ":%02x%02x%02x", class->base,
                           class->sub, class->protocol);
        }
        ud_modalias_write(&device, i, modalias);
        if (!need_dist_serves(up, modalias, false) && !ud_strv_has(&built_for, wish) &&
            !ud_strv_has(&up->journal.tried, wish)) {
            ud_journal_add(ret, wish);
        }
    }
    ud_strv_done(&built_for);
}

void ud_up_lacks_drivers(const struct ud_up *up, bool all, struct ud_strv *ret)
{
    for (size_t i = 0; i < up->count; i++) {
        const struct ud_up_target *target = &up->targets[i];
        if (!target->attached && !target->has_module && (all || need_is_told(&target->device))) {
            need_add_device(up, &target->device, ret);
        }
    }
}

/* "usb:v0403p6001d0600dc00dsc00dp00icFFisc01ip02in00" is "0403:6001:ff0102". */
static bool need_wish_of(const char *modalias, char ret[32])
{
    unsigned vendor;
    unsigned product;
    unsigned class[3];
    const char *ids = strstr(modalias, "usb:v");
    const char *interface = strstr(modalias, "ic");
    if (ids != modalias || interface == NULL ||
        sscanf(ids, "usb:v%4Xp%4Xd", &vendor, &product) != 2 ||
        sscanf(interface, "ic%2Xisc%2Xip%2X", &class[0], &class[1], &class[2]) != 3) {
        return false;
    }
    (void)snprintf(ret, 32, "%04x:%04x:%02x%02x%02x", vendor & 0xffff, product & 0xffff,
                   class[0] & 0xff, class[1] & 0xff, class[2] & 0xff);
    return true;
}

void ud_up_lacks_late(const struct ud_up *up, struct ud_strv *ret)
{
    struct ud_strv built_for = {0};
    need_built_for(up, &built_for);
    for (size_t i = 0; i < up->count; i++) {
        const struct ud_strv *missing = &up->targets[i].now.missing;
        for (size_t k = 0; k < missing->len; k++) {
            char wish[32];
            if (need_wish_of(missing->items[k], wish) && !ud_strv_has(&built_for, wish) &&
                !ud_strv_has(&up->journal.tried, wish) && !ud_strv_has(&up->asked, wish)) {
                ud_journal_add(ret, wish);
            }
        }
    }
    ud_strv_done(&built_for);
}

void ud_up_note_tried(struct ud_up *up)
{
    for (size_t i = 0; i < up->count; i++) {
        const struct ud_strv *missing = &up->targets[i].now.missing;
        for (size_t k = 0; k < missing->len; k++) {
            char wish[32];
            if (need_wish_of(missing->items[k], wish) && ud_strv_has(&up->asked, wish)) {
                ud_journal_add(&up->journal.tried, wish);
            }
        }
    }
}

bool ud_up_has_unloaded(const struct ud_up *up)
{
    for (size_t i = 0; i < up->dist.count; i++) {
        const char *name = up->dist.modules[i].name;
        if (ud_dist_is_driver(name) && !need_is_loaded(up, name)) {
            return true;
        }
    }
    return false;
}

bool ud_up_has_late(const struct ud_up *up)
{
    for (size_t i = 0; i < up->count; i++) {
        const struct ud_strv *missing = &up->targets[i].now.missing;
        for (size_t k = 0; k < missing->len; k++) {
            if (need_dist_serves(up, missing->items[k], true)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- build ---- */

/* The folder is replaced by what is built: what was built before is built with it. */
static void need_fill_wish(const struct ud_up *up, const struct ud_strv *devices,
                           struct ud_build_options *build)
{
    struct ud_strv before = {0};
    build->with = (struct ud_strv){0};
    build->devices = (struct ud_strv){0};
    for (size_t i = 0; i < up->options->build.with.len; i++) {
        need_split(up->options->build.with.items[i], &build->with);
    }
    for (size_t i = 0; i < devices->len; i++) {
        ud_journal_add(&build->devices, devices->items[i]);
    }
    need_built_for(up, &before);
    for (size_t i = 0; i < before.len; i++) {
        const char *item = before.items[i];
        ud_journal_add(strchr(item, ':') != NULL ? &build->devices : &build->with, item);
    }
    ud_strv_done(&before);
}

enum ud_code ud_up_build(struct ud_up *up, const struct ud_strv *devices, struct ud_error *err)
{
    struct ud_build_options build = up->options->build;
    struct ud_build_result result = {0};
    for (size_t i = 0; i < devices->len; i++) {
        ud_journal_add(&up->asked, devices->items[i]);
    }
    need_fill_wish(up, devices, &build);
    build.devices_may_lack = true;
    enum ud_code rc = ud_app_build(&up->app, &build, &result, err);
    if (rc == UD_OK && result.dir != NULL) {
        free(up->modules);
        up->modules = ud_strdup(result.dir);
        ud_up_read_dist(up);
    }
    if (rc == UD_OK && result.dir != NULL && !result.unchanged) {
        free(up->result->built);
        up->result->built = ud_strdup(result.dir);
        up->result->changed = true;
    }
    ud_build_result_done(&result);
    ud_strv_done(&build.with);
    ud_strv_done(&build.devices);
    return rc;
}
