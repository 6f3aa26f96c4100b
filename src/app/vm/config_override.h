/* A kernel's configuration from a file of the user's. */
#ifndef APP_VM_CONFIG_OVERRIDE_H
#define APP_VM_CONFIG_OVERRIDE_H

#include "app/engine/context.h"
#include "kernel/facts/facts.h"
#include "util/error.h"

/* Puts it in the place of what the VM shows, and warns if that is another kernel's. */
UD_MUST_CHECK enum ud_code ud_config_override(const struct ud_app *app, const char *path,
                                              struct ud_facts *facts, struct ud_error *err);

#endif
