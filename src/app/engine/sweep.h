/* Removing what a run that was killed left behind. */
#ifndef APP_ENGINE_SWEEP_H
#define APP_ENGINE_SWEEP_H

#include "app/engine/context.h"
#include "docker/engine/engine.h"

/* Removes containers of ours that are older than any run can be; others may
 * belong to a run that is under way. Failure is a warning at most. */
void ud_sweep(const struct ud_app *app, struct ud_engine *engine);

#endif
