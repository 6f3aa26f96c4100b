/* Words that stand for several drivers. */
#ifndef KERNEL_DRIVERS_GROUPS_H
#define KERNEL_DRIVERS_GROUPS_H

#include <stddef.h>

struct ud_driver_group {
    const char *name;
    const char *dirs[2];  /* all modules that are made below them */
    const char *names[6]; /* modules besides */
};

/* The group of that name, or NULL. */
const struct ud_driver_group *ud_driver_group_find(const char *name);

#endif
