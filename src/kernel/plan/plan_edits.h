/* The configuration edits that a plan needs. */
#ifndef KERNEL_PLAN_PLAN_EDITS_H
#define KERNEL_PLAN_PLAN_EDITS_H

#include "kernel/plan/plan.h"

static inline bool ud_plan_builds(const struct ud_plan *plan, enum ud_plan_module module)
{
    return plan->items[module].origin == UD_ORIGIN_BUILD;
}

/* Adds to plan->edits, when the origins of the modules are decided. */
void ud_plan_choose_edits(const struct ud_facts *facts, const struct ud_plan_options *options,
                          struct ud_plan *plan);

#endif
