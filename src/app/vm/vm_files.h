/* Some of the VM's own files, and the names of its kernel's symbols, by one run of the
 * helper. */
#ifndef APP_VM_VM_FILES_H
#define APP_VM_VM_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_vm_file {
    char *path;
    struct ud_buf bytes; /* as in the VM, perhaps compressed */
};

struct ud_vm_files {
    struct ud_vm_file *items; /* in the order of the paths */
    size_t count;
    bool has_symbols;      /* they were asked for, and /proc/kallsyms could be read */
    struct ud_buf symbols; /* as kernel/elf/kallsyms.h takes them */
};

/* Reads the files, as the helper's operation read takes them, and the symbols' names if wanted.
 * Unprivileged if the engine shows the VM's /lib/modules, else from inside the VM. All files or
 * none; errors: those of the engine and of read, but for names that cannot be read. */
UD_MUST_CHECK enum ud_code ud_vm_files_read(const struct ud_app *app, struct ud_engine *engine,
                                            const struct ud_strv *paths, bool symbols,
                                            struct ud_vm_files *ret, struct ud_error *err);
/* The same from inside the VM only, and no symbols. */
UD_MUST_CHECK enum ud_code ud_vm_files_read_inside(const struct ud_app *app,
                                                   struct ud_engine *engine,
                                                   const struct ud_strv *paths,
                                                   struct ud_vm_files *ret, struct ud_error *err);
/* The changes to the kernel's sources that the VM names: see UD_OPS_FLAG_PATCHES in proto/ops.h.
 * None, where it names none. */
UD_MUST_CHECK enum ud_code ud_vm_files_read_patches(const struct ud_app *app,
                                                    struct ud_engine *engine,
                                                    struct ud_vm_files *ret, struct ud_error *err);
/* What the VM's package manager is configured with: the files of proto/package_config.h. */
UD_MUST_CHECK enum ud_code ud_vm_files_read_package_config(const struct ud_app *app,
                                                           struct ud_engine *engine,
                                                           struct ud_vm_files *ret,
                                                           struct ud_error *err);
void ud_vm_files_done(struct ud_vm_files *files);

#endif
