/* Learning what the VM's kernel is, through a helper in a container. */
#ifndef APP_PROBE_H
#define APP_PROBE_H

#include "app/context.h"
#include "docker/engine.h"
#include "kernel/facts.h"
#include "util/error.h"

/* Starts unprivileged; enters the VM with a privileged container, announced,
 * only where the engine does not give the mounts that are needed.
 * A missing configuration is no error here. */
UD_MUST_CHECK enum ud_code ud_probe(const struct ud_app *app, struct ud_engine *engine,
                                    struct ud_facts *ret, struct ud_error *err);

/* Replaces the probed configuration by a file's; gzip is fine. */
UD_MUST_CHECK enum ud_code ud_probe_use_config_file(struct ud_facts *facts, const char *path,
                                                    struct ud_error *err);

#endif
