/* Help texts in Kconfig files, which are to be passed over. */
#ifndef KERNEL_CONFIG_KCONFIG_HELP_H
#define KERNEL_CONFIG_KCONFIG_HELP_H

#include <stdbool.h>
#include <stddef.h>

#include "util/str.h"

/* A help text lasts until a line that is indented less than its first one. Zeroed: none. */
struct ud_khelp {
    enum { UD_KHELP_NONE, UD_KHELP_STARTS, UD_KHELP_INSIDE } state;
    size_t indent;
};

/* Whether the line belongs to a help text. */
bool ud_khelp_has(struct ud_khelp *help, struct ud_slice line);

/* Whether this first word of a line begins one. */
bool ud_khelp_starts(struct ud_khelp *help, struct ud_slice keyword);

#endif
