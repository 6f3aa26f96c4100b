/* Drivers besides USB/IP's own modules: which, and what they need. */
#include <stdlib.h>

#include "build/steps.h"
#include "kernel/kbuild/kbuild.h"
#include "util/mem.h"

enum ud_code ud_build_read_wish(struct ud_build *build, struct ud_error *err)
{
    const struct ud_build_options *options = build->options;
    build->wanted.devices_may_lack = options->devices_may_lack;
    for (size_t i = 0; i < options->with.len; i++) {
        UD_TRY(ud_driver_wish_add(&build->wanted, options->with.items[i], err));
    }
    for (size_t i = 0; i < options->devices.len; i++) {
        UD_TRY(ud_driver_wish_add_device(&build->wanted, options->devices.items[i], err));
    }
    if (!ud_driver_wish_is_empty(&build->wanted)) {
        char *names = ud_strv_join(&build->wanted.names, ",");
        char *devices = ud_strv_join(&build->wanted.devices, ",");
        const char *comma = names[0] != '\0' && devices[0] != '\0' ? "," : "";
        build->result->wanted = ud_strf("%s%s%s", names, comma, devices);
        free(names);
        free(devices);
    }
    return UD_OK;
}

static void drivers_tell_left_out(const struct ud_build *build,
                                  const struct ud_driver_choice *choice)
{
    for (size_t i = 0; i < choice->left_out.len; i++) {
        ud_report_message(build->app->report, UD_REPORT_DETAIL, "left out: %s",
                          choice->left_out.items[i]);
    }
    for (size_t i = 0; i < choice->unserved.len; i++) {
        ud_report_message(build->app->report, UD_REPORT_NOTE, "%s", choice->unserved.items[i]);
    }
    if (choice->left_out.len > 0) {
        ud_report_message(build->app->report, UD_REPORT_NOTE,
                          "%zu drivers are left out that this kernel cannot have; -v says why",
                          choice->left_out.len);
    }
}

/* What of the tree each module that is to be built is made from. */
static void drivers_choose_dirs(struct ud_build *build)
{
    const struct ud_plan *plan = &build->result->plan;
    for (size_t i = 0; i < plan->driver_count; i++) {
        if (plan->drivers[i].item.origin == UD_ORIGIN_BUILD) {
            ud_drivers_dirs(build->drivers, plan->drivers[i].dir, &build->driver_dirs);
        }
    }
    ud_strv_sort_unique(&build->driver_dirs);
}

/* Edits only where something is built: else the configuration stays as it is. */
static void drivers_take(struct ud_build *build, const struct ud_driver_choice *choice)
{
    struct ud_plan *plan = &build->result->plan;
    ud_plan_add_drivers(&build->result->facts, choice, plan);
    build->result->nothing_to_do = plan->nothing_to_build;
    for (size_t i = 0; i < choice->edits.len && !plan->nothing_to_build; i++) {
        const struct ud_config_option *edit = &choice->edits.items[i];
        ud_config_edits_set(&build->edits, edit->name, edit->value);
        ud_config_edits_set(&plan->edits, edit->name, edit->value);
    }
    for (size_t i = 0; i < choice->harmless.len; i++) {
        ud_strv_add(&build->usb_symbols, choice->harmless.items[i]);
    }
    drivers_choose_dirs(build);
    drivers_tell_left_out(build, choice);
}

enum ud_code ud_build_find_drivers(struct ud_build *build, struct ud_error *err)
{
    const struct ud_facts *facts = &build->result->facts;
    struct ud_driver_choice choice = {0};
    if (ud_driver_wish_is_empty(&build->wanted)) {
        return UD_OK;
    }
    ud_report_step(build->app->report, "Looking for the drivers in the sources");
    build->drivers =
        ud_drivers_new(ud_kbuild_srcarch(facts->machine), build->wanted.devices.len > 0);
    UD_TRY(ud_build_scan_drivers(build, err));
    UD_TRY(ud_drivers_choose(build->drivers, &build->wanted, &facts->config, &build->edits, &choice,
                             err));
    drivers_take(build, &choice);
    ud_report_step_end(build->app->report, "%zu modules, with what they need",
                       build->result->plan.driver_count);
    ud_driver_choice_done(&choice);
    return UD_OK;
}
