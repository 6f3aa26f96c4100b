#include "kernel/plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/modlist/module_name.h"
#include "plan/plan_edits.h"
#include "util/mem.h"
#include "util/str.h"

static const struct {
    const char *name, *option, *built_path;
} modules[UD_PLAN_MODULE_COUNT] = {
    [UD_PLAN_GENALLOC] = {"genalloc", "GENERIC_ALLOCATOR", "drivers/usb/genalloc/genalloc.ko"},
    [UD_PLAN_NLS_BASE] = {"nls_base", "NLS", "drivers/usb/nls_base/nls_base.ko"},
    [UD_PLAN_USB_COMMON] = {"usb-common", "USB_COMMON", "drivers/usb/common/usb-common.ko"},
    [UD_PLAN_USBCORE] = {"usbcore", "USB", "drivers/usb/core/usbcore.ko"},
    [UD_PLAN_USBIP_CORE] = {"usbip-core", "USBIP_CORE", "drivers/usb/usbip/usbip-core.ko"},
    [UD_PLAN_VHCI_HCD] = {"vhci-hcd", "USBIP_VHCI_HCD", "drivers/usb/usbip/vhci-hcd.ko"},
};

const char *ud_plan_module_name(enum ud_plan_module module)
{
    return modules[module].name;
}

const char *ud_plan_module_option(enum ud_plan_module module)
{
    return modules[module].option;
}

const char *ud_plan_module_built_path(enum ud_plan_module module)
{
    return modules[module].built_path;
}

char *ud_plan_driver_built_path(const struct ud_plan_driver *driver)
{
    return ud_strf("%s/%s.ko", driver->dir, driver->name);
}

void ud_plan_built_paths(const struct ud_plan *plan, struct ud_strv *ret)
{
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        if (ud_plan_builds(plan, (enum ud_plan_module)i)) {
            ud_strv_add(ret, modules[i].built_path);
        }
    }
    for (size_t i = 0; i < plan->driver_count; i++) {
        if (plan->drivers[i].item.origin == UD_ORIGIN_BUILD) {
            char *path = ud_plan_driver_built_path(&plan->drivers[i]);
            ud_strv_add(ret, path);
            free(path);
        }
    }
}

const char *ud_origin_name(enum ud_origin origin)
{
    static const char *const names[] = {
        [UD_ORIGIN_BUILTIN] = "built in",      [UD_ORIGIN_OWN_FILE] = "own file",
        [UD_ORIGIN_LOADED] = "loaded",         [UD_ORIGIN_BUILD] = "to build",
        [UD_ORIGIN_NOT_NEEDED] = "not needed",
    };
    return names[origin];
}

static void plan_set(struct ud_plan_item *item, enum ud_origin origin, char *reason)
{
    item->origin = origin;
    item->reason = reason;
}

/* The driver's device without its module: it is part of the image. */
static bool seen_builtin(const struct ud_facts *facts, enum ud_plan_module module)
{
    return (module == UD_PLAN_VHCI_HCD || module == UD_PLAN_USBIP_CORE) && facts->vhci_present &&
           ud_loaded_find(&facts->loaded, "vhci_hcd") == NULL;
}

/* Whether the kernel has the module itself; then item says how. builtin: it is known to be
 * part of the image. */
static bool plan_find_own(const struct ud_facts *facts, const char *name, const char *option,
                          bool builtin, bool ignore_files, struct ud_plan_item *item)
{
    const struct ud_dep *dep = ud_deps_find(&facts->deps, name);
    if (facts->has_config && ud_config_is(&facts->config, option, 'y')) {
        plan_set(item, UD_ORIGIN_BUILTIN, ud_strf("CONFIG_%s=y", option));
    } else if (ud_builtin_has(&facts->builtin, name)) {
        plan_set(item, UD_ORIGIN_BUILTIN, ud_strdup("modules.builtin names it"));
    } else if (builtin) {
        plan_set(item, UD_ORIGIN_BUILTIN, ud_strdup("the driver is there without being loaded"));
    } else if (!ignore_files && dep != NULL) {
        plan_set(item, UD_ORIGIN_OWN_FILE,
                 ud_strdup("the system has a module file for its kernel"));
        item->path = ud_strdup(dep->path);
    } else if (!ignore_files && item->loaded &&
               !(facts->has_config && ud_config_is(&facts->config, option, 'n'))) {
        /* Where the configuration says n, it was built and inserted by somebody else. */
        plan_set(item, UD_ORIGIN_LOADED, ud_strdup("it is loaded, but has no file"));
    } else {
        return false;
    }
    return true;
}

static bool find_own(const struct ud_facts *facts, enum ud_plan_module module, bool ignore_files,
                     struct ud_plan_item *item)
{
    return plan_find_own(facts, modules[module].name, modules[module].option,
                         seen_builtin(facts, module), ignore_files, item);
}

static void decide_driver(const struct ud_facts *facts, enum ud_plan_module module,
                          bool ignore_files, struct ud_plan *plan)
{
    struct ud_plan_item *item = &plan->items[module];
    if (find_own(facts, module, ignore_files, item)) {
        return;
    }
    if (ignore_files) {
        plan_set(item, UD_ORIGIN_BUILD, ud_strdup("asked for, whatever the system has"));
    } else if (!facts->has_config) {
        plan_set(item, UD_ORIGIN_BUILD, ud_strdup("the system shows none"));
    } else if (ud_config_is(&facts->config, modules[module].option, 'm')) {
        plan_set(item, UD_ORIGIN_BUILD,
                 ud_strf("CONFIG_%s=m, but the system has no file of it", modules[module].option));
    } else {
        plan_set(item, UD_ORIGIN_BUILD, ud_strf("CONFIG_%s is not set", modules[module].option));
    }
}

/* What usbcore selects matters only where usbcore is built. */
static void decide_library(const struct ud_facts *facts, enum ud_plan_module module,
                           struct ud_plan *plan)
{
    struct ud_plan_item *item = &plan->items[module];
    if (find_own(facts, module, false, item)) {
        return;
    }
    if (plan->items[UD_PLAN_USBCORE].origin == UD_ORIGIN_BUILD) {
        plan_set(item, UD_ORIGIN_BUILD,
                 facts->has_config
                     ? ud_strf("usbcore uses it, and CONFIG_%s is not set", modules[module].option)
                     : ud_strdup("usbcore may use it, and the system shows none"));
    } else {
        plan_set(item, UD_ORIGIN_NOT_NEEDED, ud_strdup("the kernel has its own usbcore"));
    }
}

/* Built-in code uses no module: what it is built upon is built in as well, whether or not
 * anything names it. usb-common has no parameter, so sysfs does not. */
static void infer_builtin(struct ud_plan *plan)
{
    for (int i = UD_PLAN_VHCI_HCD; i > UD_PLAN_USB_COMMON; i--) {
        struct ud_plan_item *below = &plan->items[i - 1];
        if (plan->items[i].origin == UD_ORIGIN_BUILTIN && below->origin == UD_ORIGIN_BUILD) {
            free(below->reason);
            plan_set(below, UD_ORIGIN_BUILTIN,
                     ud_strf("%s is built in, which uses it", modules[i].name));
        }
    }
}

static void plan_decide(const struct ud_facts *facts, const struct ud_plan_options *options,
                        struct ud_plan *plan)
{
    plan->nothing_to_build =
        (options->extra == NULL || options->extra->len == 0) && !options->drivers;
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        plan->items[i].loaded = ud_loaded_find(&facts->loaded, modules[i].name) != NULL;
    }
    decide_driver(facts, UD_PLAN_USB_COMMON, false, plan);
    decide_driver(facts, UD_PLAN_USBCORE, false, plan);
    decide_driver(facts, UD_PLAN_USBIP_CORE, options->ignore_own, plan);
    decide_driver(facts, UD_PLAN_VHCI_HCD, options->ignore_own, plan);
    infer_builtin(plan);
    decide_library(facts, UD_PLAN_GENALLOC, plan);
    decide_library(facts, UD_PLAN_NLS_BASE, plan);
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        plan->nothing_to_build =
            plan->nothing_to_build && !ud_plan_builds(plan, (enum ud_plan_module)i);
    }
}

static void choose_dirs(struct ud_plan *plan)
{
    if (ud_plan_builds(plan, UD_PLAN_USB_COMMON)) {
        ud_strv_add(&plan->usb_dirs, "common");
    }
    if (ud_plan_builds(plan, UD_PLAN_USBCORE)) {
        ud_strv_add(&plan->usb_dirs, "core");
    }
    if (ud_plan_builds(plan, UD_PLAN_USBIP_CORE) || ud_plan_builds(plan, UD_PLAN_VHCI_HCD)) {
        ud_strv_add(&plan->usb_dirs, "usbip");
    }
}

static enum ud_code check_options(const struct ud_plan_options *options, struct ud_error *err)
{
    /* drivers/usb/usbip/Kconfig: range 1 15, range 1 128. */
    if (options->ports > 15) {
        return ud_fail(err, UD_ERR_USAGE, "Ask for 1 to 15, or for more controllers.",
                       "%u ports are too many for one controller", options->ports);
    }
    if (options->controllers > 128) {
        return ud_fail(err, UD_ERR_USAGE, "Ask for 1 to 128.", "%u controllers are too many",
                       options->controllers);
    }
    return UD_OK;
}

static enum ud_code check_buildable(const struct ud_facts *facts, struct ud_error *err)
{
    if (!facts->has_config) {
        return ud_fail(err, UD_ERR_FACTS,
                       "Find the configuration that the kernel was built with and pass it with "
                       "--kernel-config.",
                       "kernel %s does not show its configuration (/proc/config.gz, /boot), and "
                       "without it no module fits",
                       facts->release.text);
    }
    if (!facts->modules_supported || !ud_config_is(&facts->config, "MODULES", 'y')) {
        return ud_fail(err, UD_ERR_FACTS,
                       "Run a kernel that was built with CONFIG_MODULES=y, or that has USB/IP "
                       "built in (Apple's `container`: `container run --kernel`).",
                       "kernel %s was built without support for modules (CONFIG_MODULES)",
                       facts->release.text);
    }
    return UD_OK;
}

enum ud_code ud_plan_make(const struct ud_facts *facts, const struct ud_plan_options *options,
                          struct ud_plan *ret, struct ud_error *err)
{
    static const struct ud_plan_options defaults = {0};
    struct ud_plan plan = {0};
    options = options != NULL ? options : &defaults;
    UD_TRY(check_options(options, err));
    plan_decide(facts, options, &plan);
    if (!plan.nothing_to_build) {
        enum ud_code rc = check_buildable(facts, err);
        if (rc != UD_OK) {
            ud_plan_done(&plan);
            return rc;
        }
        ud_plan_choose_edits(facts, options, &plan);
        choose_dirs(&plan);
        plan.modversions = ud_config_is(&facts->config, "MODVERSIONS", 'y');
        plan.randomized = ud_config_randstruct_option(&facts->config);
        plan.debug_info = ud_config_is(&facts->config, "GENDWARFKSYMS", 'y');
    }
    *ret = plan;
    return UD_OK;
}

void ud_plan_look(const struct ud_facts *facts, struct ud_plan *ret)
{
    static const struct ud_plan_options defaults = {0};
    struct ud_plan plan = {0};
    plan_decide(facts, &defaults, &plan);
    if (facts->has_config) {
        plan.modversions = ud_config_is(&facts->config, "MODVERSIONS", 'y');
        plan.randomized = ud_config_randstruct_option(&facts->config);
        plan.debug_info = ud_config_is(&facts->config, "GENDWARFKSYMS", 'y');
    }
    *ret = plan;
}

static void plan_add_driver(const struct ud_facts *facts, const struct ud_driver *driver,
                            struct ud_plan *plan)
{
    struct ud_plan_driver *added = &plan->drivers[plan->driver_count++];
    *added = (struct ud_plan_driver){
        .name = ud_strdup(driver->name),
        .dir = ud_strdup(driver->dir),
        .wanted = driver->wanted,
        .kbuild = driver->kbuild,
        .item = {.loaded = ud_loaded_find(&facts->loaded, driver->name) != NULL},
    };
    if (!plan_find_own(facts, driver->name, driver->option, false, false, &added->item)) {
        plan_set(&added->item, UD_ORIGIN_BUILD,
                 driver->wanted ? ud_strdup("asked for")
                                : ud_strdup("what was asked for needs it"));
    }
}

static bool plan_has(const char *name)
{
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        if (ud_module_name_equal(modules[i].name, name)) {
            return true;
        }
    }
    return false;
}

void ud_plan_add_drivers(const struct ud_facts *facts, const struct ud_driver_choice *choice,
                         struct ud_plan *plan)
{
    bool builds = false;
    plan->drivers = ud_alloc(choice->len + 1, sizeof *plan->drivers);
    for (size_t i = 0; i < choice->len; i++) {
        if (!plan_has(choice->items[i].name)) {
            plan_add_driver(facts, &choice->items[i], plan);
        }
    }
    for (size_t i = 0; i < plan->driver_count; i++) {
        builds = builds || plan->drivers[i].item.origin == UD_ORIGIN_BUILD;
    }
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        builds = builds || ud_plan_builds(plan, (enum ud_plan_module)i);
    }
    plan->nothing_to_build = !builds;
}

enum ud_plan_module ud_plan_unmade(const struct ud_plan *plan, const struct ud_config *config)
{
    int i = 0;
    while (i < UD_PLAN_MODULE_COUNT && (plan->items[i].origin != UD_ORIGIN_BUILD ||
                                        ud_config_is(config, modules[i].option, 'm'))) {
        i++;
    }
    return (enum ud_plan_module)i;
}

void ud_plan_done(struct ud_plan *plan)
{
    if (plan == NULL) {
        return;
    }
    for (size_t i = 0; i < plan->driver_count; i++) {
        free(plan->drivers[i].name);
        free(plan->drivers[i].dir);
        free(plan->drivers[i].item.path);
        free(plan->drivers[i].item.reason);
    }
    free(plan->drivers);
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        free(plan->items[i].path);
        free(plan->items[i].reason);
    }
    ud_config_edits_done(&plan->edits);
    ud_strv_done(&plan->usb_dirs);
    *plan = (struct ud_plan){0};
}
