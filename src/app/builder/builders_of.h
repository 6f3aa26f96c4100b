/* The same as ud_app_builders, for one engine that is connected already. */
#ifndef APP_BUILDER_BUILDERS_OF_H
#define APP_BUILDER_BUILDERS_OF_H

#include "app/builder/builders.h"
#include "docker/engine/engine.h"

/* Adds to builders, also on failure. */
UD_MUST_CHECK enum ud_code ud_builders_of(struct ud_engine *engine,
                                          const struct ud_builders_options *options,
                                          struct ud_builders *builders, struct ud_error *err);

#endif
