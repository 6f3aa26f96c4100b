/* The two engines of what is built for the VM: the VM's own, and the one that compiles. */
#ifndef APP_ENGINE_ENGINES_H
#define APP_ENGINE_ENGINES_H

#include "app/engine/context.h"
#include "util/error.h"

/* Connects to both and removes what killed runs left in them. Without build_host the VM's own
 * compiles, and builder->engine stays NULL. Both are to be released on failure too. */
UD_MUST_CHECK enum ud_code ud_engines_connect(const struct ud_app *app,
                                              const struct ud_engine_choice *choice,
                                              const char *build_host, struct ud_connection *vm,
                                              struct ud_connection *builder, struct ud_error *err);

#endif
