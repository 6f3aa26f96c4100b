/* Systems that are recognized by name because building modules for them is of no use: those for
 * which none can be made, and those that have all. */
#ifndef KERNEL_FACTS_SYSTEMS_H
#define KERNEL_FACTS_SYSTEMS_H

#include <stdbool.h>

#include "kernel/facts/facts.h"

/* Texts are static. */
struct ud_system {
    const char *name; /* "OrbStack" */
    bool no_build;    /* modules that are built for it cannot be loaded */
    const char *what; /* what is so about it, a clause */
    const char *todo; /* what to do instead, an imperative sentence */
};

/* NULL if the kernel is of none of them. */
const struct ud_system *ud_system_find(const struct ud_facts *facts);

#endif
