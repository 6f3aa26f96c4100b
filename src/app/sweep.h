/* Removing what a run that was killed left behind. */
#ifndef APP_SWEEP_H
#define APP_SWEEP_H

#include "app/context.h"
#include "docker/engine.h"

/* Removes containers of ours that are older than any run can be; others may
 * belong to a run that is under way. Failure is a warning at most. */
void ud_sweep(const struct ud_app *app, struct ud_engine *engine);

#endif
