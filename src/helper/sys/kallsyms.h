/* The names in /proc/kallsyms, whose lines are "address type name", followed by a tab
 * and "[module]" for those of modules. It is megabytes long and read piece by piece. */
#ifndef HELPER_SYS_KALLSYMS_H
#define HELPER_SYS_KALLSYMS_H

#include <stddef.h>

#include "host/emit.h"

/* Reads fd to its end and sends the names that a module could import, in their order, as
 * blob UD_BLOB_SYMBOLS. *ret_lines is how many lines were understood. 0 or an errno
 * number: EFBIG for more than UD_OPS_NAMES_MAX. */
int ud_kallsyms_send(int fd, struct ud_emit *emit, size_t *ret_lines);

#endif
