/* What kind of machine an engine runs on, and whether its kernel may be touched: what load,
 * unload, shell and the self-test ask before they create anything privileged. */
#ifndef APP_VM_ENGINE_KIND_H
#define APP_VM_ENGINE_KIND_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "kernel/facts/facts.h"
#include "util/error.h"

/* Static text such as "Docker Desktop"; facts may be NULL. */
const char *ud_vm_kind(const struct ud_engine_info *info, const struct ud_facts *facts);

/* Whether it can be at all, as far as the engine tells. */
bool ud_vm_may_be_this_machine(const struct ud_engine_info *info);

/* Whether the engine's kernel is the one this program runs on. */
bool ud_vm_is_this_machine(const struct ud_facts *facts);

/* UD_ERR_DENIED if its containers can never reach the kernel. */
UD_MUST_CHECK enum ud_code ud_kernel_access_check_root(const struct ud_engine_info *engine,
                                                       struct ud_error *err);

/* UD_ERR_USAGE if the kernel is this machine's own and the user did not say
 * --native: the kernel of their own machine is theirs to name. */
UD_MUST_CHECK enum ud_code ud_kernel_access_check_native(bool this_machine, bool native,
                                                         const char *endpoint,
                                                         struct ud_error *err);

#endif
