/* Learning what the VM's kernel is, through a helper in a container. */
#ifndef APP_VM_PROBE_H
#define APP_VM_PROBE_H

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "kernel/facts/facts.h"
#include "util/error.h"

/* Starts unprivileged; enters the VM with a privileged container, announced,
 * only where the engine does not give the mounts that are needed.
 * A missing configuration is no error here. */
UD_MUST_CHECK enum ud_code ud_probe(const struct ud_app *app, struct ud_engine *engine,
                                    struct ud_facts *ret, struct ud_error *err);

/* The same with the configuration of a file, gzip is fine, in place of the VM's; NULL: the VM's. */
UD_MUST_CHECK enum ud_code ud_probe_with(const struct ud_app *app, struct ud_engine *engine,
                                         const char *config_file, struct ud_facts *ret,
                                         struct ud_error *err);

#endif
