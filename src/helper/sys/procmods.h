/* The text of /proc/modules: "name size refcount users state address", where
 * users is "-" or names that each end with a comma, "[permanent]," among them
 * if the module cannot be unloaded (kernel/module/procfs.c). */
#ifndef HELPER_SYS_PROCMODS_H
#define HELPER_SYS_PROCMODS_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/check.h"
#include "util/str.h"

enum ud_module_state { UD_MODULE_ABSENT, UD_MODULE_LOADING, UD_MODULE_LIVE, UD_MODULE_UNLOADING };

struct ud_module_line {
    struct ud_slice name;
    struct ud_slice users; /* as in the text */
    uint64_t refcount;     /* 0 also where the kernel does not count */
    bool permanent;
    enum ud_module_state state;
};

/* The next module of the text; lines that make no sense are passed over. */
bool ud_procmods_next(struct ud_slice *rest, struct ud_module_line *ret);

/* The module with this name; false (and ABSENT in ret) if there is none. name
 * is as the kernel writes it. */
bool ud_procmods_find(struct ud_slice text, const char *name, struct ud_module_line *ret);

/* Takes the next user, without marks in brackets, off a line's users. */
bool ud_procmods_next_user(struct ud_slice *users, char ret[UD_MODULE_NAME_MAX + 1]);

#endif
