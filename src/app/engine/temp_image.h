/* Images that a run pulls for its own use only. */
#ifndef APP_ENGINE_TEMP_IMAGE_H
#define APP_ENGINE_TEMP_IMAGE_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "util/error.h"

/* Pulls reference unless the engine has it. *ret_pulled (always written) says
 * whether it was, or may have been when this fails. */
UD_MUST_CHECK enum ud_code ud_temp_image_ensure(const struct ud_app *app, struct ud_engine *engine,
                                                const char *reference, bool *ret_pulled,
                                                struct ud_error *err);

/* The same for another platform than the engine's own ("linux/arm64"), or NULL. */
UD_MUST_CHECK enum ud_code ud_temp_image_ensure_for(const struct ud_app *app,
                                                    struct ud_engine *engine, const char *reference,
                                                    const char *platform, bool *ret_pulled,
                                                    struct ud_error *err);

/* Removes it again; failure is a warning. */
void ud_temp_image_remove(struct ud_engine *engine, const char *reference);

#endif
