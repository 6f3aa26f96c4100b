/* Whether an engine's kernel may be touched: what load, unload, shell and the
 * self-test ask before they create anything privileged. */
#ifndef APP_VM_KERNEL_ACCESS_H
#define APP_VM_KERNEL_ACCESS_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "util/error.h"

/* UD_ERR_DENIED if its containers can never reach the kernel. */
UD_MUST_CHECK enum ud_code ud_kernel_access_check_root(const struct ud_engine_info *engine,
                                                       struct ud_error *err);

/* UD_ERR_USAGE if the kernel is this machine's own and the user did not say
 * --native: the kernel of their own machine is theirs to name. */
UD_MUST_CHECK enum ud_code ud_kernel_access_check_native(bool this_machine, bool native,
                                                         const char *endpoint,
                                                         struct ud_error *err);

#endif
