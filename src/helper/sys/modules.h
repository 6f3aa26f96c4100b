/* What is known of loaded modules, from /proc/modules and /sys/module. Names
 * are as the kernel writes them, with '_'. */
#ifndef HELPER_SYS_MODULES_H
#define HELPER_SYS_MODULES_H

#include <stdbool.h>

#include "proto/check.h"
#include "sys/procmods.h"
#include "util/buf.h"

/* /proc/modules into buf, which is emptied first; false if it cannot be read. */
bool ud_modules_read(const char *root, struct ud_buf *buf);

enum ud_module_state ud_modules_state(const char *root, const char *name);

/* Hex, or false if the module is not loaded or has none. */
bool ud_modules_build_id(const char *root, const char *name, char ret[UD_BUILD_ID_MAX + 1]);

/* Adds the path of each module file below dir, relative to it, a line each, in a stable
 * order. Links are not followed; what cannot be read, and what is too much for buf, is
 * left out. */
void ud_modules_walk(const char *root, const char *dir, struct ud_buf *buf);

/* In /sys/module, but not as a module that was loaded. */
bool ud_modules_is_builtin(const char *root, const char *name);

#endif
