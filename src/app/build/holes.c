/* Known holes in the sources that are compiled: usbip/holes.h. */
#include "build/steps.h"

#include <stdlib.h>
#include <string.h>

#include "usbip/holes.h"
#include "util/mem.h"

enum { SOURCE_MAX = 1 << 20 };

static const char remedy[] = "Run a kernel that has the fixes, pass sources that have them with "
                             "--source, or leave --fail-on-known-holes out.";

static bool is_built(const struct ud_plan *plan, const char *module)
{
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        if (strcmp(ud_plan_module_name((enum ud_plan_module)i), module) == 0) {
            return plan->items[i].origin == UD_ORIGIN_BUILD;
        }
    }
    return false;
}

static void holes_tell(const struct ud_build *build, const struct ud_usbip_hole *hole)
{
    char *commit =
        hole->commit[0] != '\0' ? ud_strf(", commit %.12s", hole->commit) : ud_strdup("");
    ud_report_message(
        build->app->report, UD_REPORT_WARN,
        "these sources have %s in %s: %s. The fix is \"%s\"%s; %s and later have it%s", hole->id,
        hole->module, hole->what, hole->title, commit, hole->fixed_in,
        hole->guarded ? ". `attach` keeps servers from using it" : "");
    free(commit);
}

/* Distributions mend what a version does not tell. Without the file nothing is known. */
static enum ud_code look_for_hole(struct ud_build *build, size_t which, struct ud_error *err)
{
    const struct ud_usbip_hole *hole = &ud_usbip_holes[which];
    struct ud_error why = {0};
    struct ud_buf text;
    ud_buf_init(&text, SOURCE_MAX);
    enum ud_code rc = ud_build_container_get(&build->container, hole->source, &text, &why);
    if (rc == UD_OK) {
        build->overflow_looked_for = build->overflow_looked_for || which == UD_USBIP_HOLE_OVERFLOW;
        if (!ud_usbip_hole_is_fixed_in(which, text.data, text.len)) {
            ud_strv_add(&build->holes, hole->id);
            holes_tell(build, hole);
        }
    }
    ud_buf_done(&text);
    return rc == UD_OK || rc == UD_ERR_NOT_FOUND ? UD_OK : ud_error_pass(err, &why);
}

enum ud_code ud_build_refuse_holes(const struct ud_build *build, const char *ids,
                                   struct ud_error *err)
{
    if (!build->options->fail_on_known_holes || ids[0] == '\0') {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_SOURCE, remedy,
                   "the sources of kernel %s lack the fixes of known holes, and "
                   "--fail-on-known-holes is given: %s",
                   build->result->facts.release.text, ids);
}

enum ud_code ud_build_look_for_holes(struct ud_build *build, struct ud_error *err)
{
    for (size_t i = 0; i < UD_USBIP_HOLE_COUNT; i++) {
        if (is_built(&build->result->plan, ud_usbip_holes[i].module)) {
            UD_TRY(look_for_hole(build, i, err));
        }
    }
    char *ids = ud_strv_join(&build->holes, ",");
    enum ud_code rc = ud_build_refuse_holes(build, ids, err);
    free(ids);
    return rc;
}

void ud_build_note_fix(struct ud_build *build)
{
    const struct ud_usbip_hole *hole = &ud_usbip_holes[UD_USBIP_HOLE_OVERFLOW];
    for (size_t i = 0; i < build->built_count; i++) {
        if (strcmp(build->built[i].name, hole->module) == 0) {
            build->built[i].overflow_fixed =
                build->overflow_looked_for && !ud_strv_has(&build->holes, hole->id);
        }
    }
}
