/* Removing what a run that was killed left behind. */
#ifndef APP_ENGINE_SWEEP_H
#define APP_ENGINE_SWEEP_H

#include "app/engine/context.h"
#include "docker/containers/container.h"
#include "docker/engine/engine.h"

/* Removes containers of ours, and names of images that were pulled for a run, that no run
 * has a claim to. Failure is a warning at most. */
void ud_sweep(const struct ud_app *app, struct ud_engine *engine);

/* Removes one, running or not; a helper that changes the kernel is asked to stop first. */
void ud_sweep_container(struct ud_engine *engine, const struct ud_container *container);

#endif
