/* The CRCs that the VM's own modules tell. */
#ifndef APP_VM_CRCS_FROM_MODULES_H
#define APP_VM_CRCS_FROM_MODULES_H

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "kernel/crcs/crcs.h"
#include "kernel/facts/facts.h"
#include "util/error.h"
#include "util/strv.h"

/* Looks the sorted symbols up in the VM's module files, those of USB first, and
 * adds what is found, which may be nothing. First without privileges; if no
 * file can be seen that way, from inside the VM. Errors: those of a helper
 * call; UD_ERR_UNFIT if two modules differ. */
UD_MUST_CHECK enum ud_code ud_crcs_from_modules(const struct ud_app *app, struct ud_engine *engine,
                                                const struct ud_facts *facts,
                                                const struct ud_strv *symbols, struct ud_crcs *ret,
                                                struct ud_error *err);

#endif
