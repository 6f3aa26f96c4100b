/* The VM's own module files: which to insert, in order, and their content. */
#ifndef APP_VM_VM_MODULES_H
#define APP_VM_VM_MODULES_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "kernel/facts/facts.h"
#include "kernel/plan/plan.h"
#include "util/error.h"
#include "util/strv.h"
#include "vm/vm_files.h"

/* Adds the paths (relative to the modules' folder) of what must be inserted
 * for the plan's OWN_FILE items: their dependencies first, without what is
 * loaded unless loaded_too. */
void ud_vm_modules_list(const struct ud_facts *facts, const struct ud_plan *plan, bool loaded_too,
                        struct ud_strv *paths);

/* Adds in the same way the path of the VM's own file of a module, with what it needs; nothing
 * if it has none. */
void ud_vm_modules_add(const struct ud_facts *facts, const char *name, bool loaded_too,
                       struct ud_strv *paths);

/* "kernel/drivers/usb/usbip/usbip-core.ko.xz" gives "usbip-core": the name under
 * which the helper finds the file. In new memory. */
char *ud_vm_modules_stem(const char *path);

/* Reads all of these paths, by one run of the helper or, where modules.dep does not tell what
 * they need, a few; then what they need is added to paths as ud_vm_modules_list would have
 * done. Unpacked, in the order of paths. */
UD_MUST_CHECK enum ud_code ud_vm_modules_read(const struct ud_app *app, struct ud_engine *engine,
                                              const struct ud_facts *facts, bool loaded_too,
                                              struct ud_strv *paths, struct ud_vm_files *ret,
                                              struct ud_error *err);

#endif
