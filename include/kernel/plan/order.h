/* The order in which modules must be inserted. */
#ifndef KERNEL_PLAN_ORDER_H
#define KERNEL_PLAN_ORDER_H

#include <stddef.h>

#include "kernel/elf/module.h"
#include "util/error.h"

/* Puts the indexes 0 to count - 1 of modules into ret_order so that each
 * module comes after those whose exports it imports or which it names in its
 * `depends`; a name in `depends` that is not among the modules is taken to be
 * there already. Where the order is free it is by name. UD_ERR_UNFIT, naming
 * the modules, for a cycle or for two of the same name. */
UD_MUST_CHECK enum ud_code ud_order_modules(const struct ud_module *const *modules, size_t count,
                                            size_t *ret_order, struct ud_error *err);

#endif
