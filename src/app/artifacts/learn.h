/* The facts of the VM's kernel, with what `build` was told of it. */
#ifndef APP_ARTIFACTS_LEARN_H
#define APP_ARTIFACTS_LEARN_H

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "kernel/facts/facts.h"
#include "util/error.h"

/* Probes as ud_probe does. The configuration is that of kernel_config, a file of the user's;
 * NULL: what the VM shows. If it shows none, that which the artifacts in input (as
 * ud_dist_find takes it) were built with is taken, if they are of just this kernel. Having
 * none is no error. Errors: those of ud_probe_with. */
UD_MUST_CHECK enum ud_code ud_learn_kernel(const struct ud_app *app, struct ud_engine *engine,
                                           const char *kernel_config, const char *input,
                                           struct ud_facts *ret, struct ud_error *err);

#endif
