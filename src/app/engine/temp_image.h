/* Images that a run pulls for its own use only. */
#ifndef APP_ENGINE_TEMP_IMAGE_H
#define APP_ENGINE_TEMP_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "engine/claim.h"
#include "util/error.h"

/* The repository of the names that this program gives to what it pulled. */
#define UD_TEMP_IMAGE_REPO "usbipd-desktop/pulled"

/* Zeroed is none. */
struct ud_temp_image {
    char *id;   /* what to make containers of */
    char *name; /* this run's own, by which it is held; NULL: it needs none */
};

/* Has the engine's image for reference at hand until it is released: pulled unless the
 * engine has it. platform is "linux/arm64" for another than the engine's own, or NULL.
 * To be released on failure, too. */
UD_MUST_CHECK enum ud_code ud_temp_image_ensure(const struct ud_app *app, struct ud_engine *engine,
                                                const char *reference, const char *platform,
                                                struct ud_temp_image *ret, struct ud_error *err);

/* Takes back this run's name for it; with the last name the image goes. */
void ud_temp_image_release(struct ud_engine *engine, struct ud_temp_image *image);

/* The names that runs gave, as the engine lists them, and who has a claim to them. */
struct ud_temp_image_list {
    struct {
        char *name;
        enum ud_claim claim;
    } * items;
    size_t len;
};

UD_MUST_CHECK enum ud_code ud_temp_image_list(struct ud_claims *claims,
                                              struct ud_temp_image_list *ret, struct ud_error *err);
void ud_temp_image_list_done(struct ud_temp_image_list *list);

/* Removes such a name. One whose image a container uses stays, without a word but with -v;
 * false. */
bool ud_temp_image_remove(struct ud_engine *engine, const char *name);

#endif
