/* The table of rules about configuration changes. */
#ifndef KERNEL_DRIFT_DRIFT_RULES_H
#define KERNEL_DRIFT_DRIFT_RULES_H

#include "kernel/config/config.h"
#include "kernel/drift/drift.h"

struct ud_drift_rule {
    const char *pattern; /* of the name; each `*` stands for any characters */
    const char *when;    /* "": any change; "n>y", "y>n", "n>m": only this one */
    enum ud_drift_class class;
    const char *reason;
    const char *remedy;
};

/* The first rule for a change that nobody asked for, or NULL. */
const struct ud_drift_rule *ud_drift_rule_find(const struct ud_config_change *change);

/* Whether the name belongs to a choice that may have lost or won a member. */
bool ud_drift_rule_is_init_stack(const char *name);

#endif
