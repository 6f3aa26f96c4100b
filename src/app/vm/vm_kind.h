/* What kind of machine an engine's kernel runs on. */
#ifndef APP_VM_VM_KIND_H
#define APP_VM_VM_KIND_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "kernel/facts/facts.h"

/* Static text such as "Docker Desktop"; facts may be NULL. */
const char *ud_vm_kind(const struct ud_engine_info *info, const struct ud_facts *facts);

/* Whether it can be at all, as far as the engine tells. */
bool ud_vm_may_be_this_machine(const struct ud_engine_info *info);

/* Whether the engine's kernel is the one this program runs on. */
bool ud_vm_is_this_machine(const struct ud_facts *facts);

#endif
