#include "vhcli_parts.h"

#include <stdlib.h>

#include "util/mem.h"

static enum ud_code choose_from_dist(const struct ud_facts *facts, const struct ud_plan *plan,
                                     const char *input, struct ud_vhcli_modules *modules,
                                     struct ud_error *err)
{
    char *dir = NULL;
    UD_TRY(ud_dist_find(input, facts->release.text, &dir, err));
    enum ud_code rc = ud_dist_read(dir, &modules->dist, err);
    free(dir);
    UD_TRY(rc);
    UD_TRY(ud_dist_check(&modules->dist, facts, err));
    UD_TRY(ud_facts_check_loadable(facts, err));
    modules->items = ud_alloc(modules->dist.count, sizeof *modules->items);
    for (size_t i = 0; i < modules->dist.count; i++) {
        if (ud_dist_is_wanted(plan, modules->dist.modules[i].name)) {
            modules->items[modules->count++] = &modules->dist.modules[i];
        }
    }
    return UD_OK;
}

enum ud_code ud_vhcli_modules_choose(const struct ud_facts *facts, const char *input,
                                     struct ud_vhcli_modules *ret, struct ud_error *err)
{
    struct ud_plan plan = {0};
    struct ud_error why = {0};
    enum ud_code rc = ud_plan_make(facts, NULL, &plan, &why);
    *ret = (struct ud_vhcli_modules){0};
    if (rc != UD_OK && facts->has_config) {
        return ud_fail(err, rc, why.remedy, "%s", why.message);
    }
    const bool planned = rc == UD_OK;
    rc = planned && plan.nothing_to_build
             ? UD_OK
             : choose_from_dist(facts, planned ? &plan : NULL, input, ret, err);
    ud_plan_done(&plan);
    if (rc != UD_OK) {
        ud_vhcli_modules_done(ret);
    }
    return rc;
}

void ud_vhcli_modules_done(struct ud_vhcli_modules *modules)
{
    free(modules->items);
    ud_dist_done(&modules->dist);
    *modules = (struct ud_vhcli_modules){0};
}
