/* The files by which modprobe finds modules, as depmod writes them: modules.dep
 * (busybox reads it) and modules.dep.bin (kmod reads only this one). */
#ifndef KERNEL_PLAN_DEPMOD_H
#define KERNEL_PLAN_DEPMOD_H

#include <stddef.h>

#include "kernel/elf/module.h"
#include "kernel/modlist/modlist.h"
#include "util/buf.h"

/* The dependencies of modules that are in load order and will lie at
 * <folder>/<file name> below /lib/modules/<release>. files[i] is the file name
 * of modules[i]. What they need and is not among them is left out: it is built
 * in, or known to another list. */
void ud_depmod_deps(const struct ud_module *const *modules, const char *const *files, size_t count,
                    const char *folder, struct ud_deps *ret);

/* Adds the line of one module, without its end. */
void ud_depmod_line(const struct ud_dep *dep, struct ud_buf *out);

/* Adds the text of modules.dep. */
void ud_depmod_text(const struct ud_deps *deps, struct ud_buf *out);

/* Adds the bytes of modules.dep.bin: a trie from module names to the lines of
 * modules.dep. The format is that of kmod's index, version 2.1, as written since
 * module-init-tools 3.11 (libkmod-index.h of kmod 30 describes it). */
void ud_depmod_index(const struct ud_deps *deps, struct ud_buf *out);

#endif
