/* The lists of modules that a running system has: /proc/modules, modules.dep
 * and modules.builtin. Module names compare with '-' equal to '_'. */
#ifndef KERNEL_MODLIST_MODLIST_H
#define KERNEL_MODLIST_MODLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/modlist/module_name.h"
#include "util/error.h"
#include "util/strv.h"

#define UD_MODLIST_TEXT_MAX (8u << 20) /* bytes; Debian's modules.dep has 0.7 MB */

struct ud_loaded_module {
    char *name;
    uint64_t size;        /* bytes */
    long refcount;        /* -1: the kernel does not say (no unload support) */
    struct ud_strv users; /* modules that use it */
    bool live;            /* false: loading or going */
    bool permanent;       /* cannot be removed */
    char *build_id;       /* lower-case hex, or NULL; /proc/modules does not say: the caller's */
};

struct ud_loaded_modules {
    struct ud_loaded_module *items;
    size_t len;
};

/* /proc/modules. UD_ERR_PROTOCOL, naming the line. An empty text is no error. */
UD_MUST_CHECK enum ud_code ud_loaded_parse(const char *text, size_t len,
                                           struct ud_loaded_modules *ret, struct ud_error *err);
void ud_loaded_done(struct ud_loaded_modules *modules);
const struct ud_loaded_module *ud_loaded_find(const struct ud_loaded_modules *modules,
                                              const char *name);

struct ud_dep {
    char *path; /* as written, relative to the modules' folder: "kernel/…/usbip-core.ko.xz" */
    struct ud_strv needs; /* paths, the nearest first */
};

struct ud_deps {
    struct ud_dep *items;
    size_t len;
    bool needs_unknown; /* it is a list of files: what they need is in the files */
};

/* modules.dep. UD_ERR_PROTOCOL, naming the line. */
UD_MUST_CHECK enum ud_code ud_deps_parse(const char *text, size_t len, struct ud_deps *ret,
                                         struct ud_error *err);
/* A list of module files, a path a line, in place of a modules.dep. Lines that are no such
 * path are passed over. */
void ud_deps_list_files(const char *text, size_t len, struct ud_deps *ret);
void ud_deps_done(struct ud_deps *deps);
const struct ud_dep *ud_deps_find(const struct ud_deps *deps, const char *module_name);

/* modules.builtin: one path a line; adds the module names (with '_') to names.
 * UD_ERR_PROTOCOL, naming the line. */
UD_MUST_CHECK enum ud_code ud_builtin_parse(const char *text, size_t len, struct ud_strv *names,
                                            struct ud_error *err);
bool ud_builtin_has(const struct ud_strv *names, const char *module_name);

#endif
