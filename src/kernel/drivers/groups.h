/* Words that stand for several drivers. */
#ifndef KERNEL_DRIVERS_GROUPS_H
#define KERNEL_DRIVERS_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

struct ud_driver_group {
    const char *name;
    const char *dirs[2];  /* all modules that are made below them */
    const char *names[6]; /* modules besides */
};

/* The group of that name, or NULL. */
const struct ud_driver_group *ud_driver_group_find(const char *name);

/* Whether a module of this name, made in this directory of the sources, is of the group. */
bool ud_driver_group_has(const struct ud_driver_group *group, const char *name, const char *dir);

#endif
