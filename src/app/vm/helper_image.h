/* The image that holds nothing but our helper, for probing and inserting. */
#ifndef APP_VM_HELPER_IMAGE_H
#define APP_VM_HELPER_IMAGE_H

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "util/error.h"

struct ud_helper_binary;

/* Makes sure that the engine has it (nothing is pulled: it is imported from
 * this program) and gives its id, in new memory. It is kept. An image that has only its
 * name is not used. */
UD_MUST_CHECK enum ud_code ud_helper_image_ensure(const struct ud_app *app,
                                                  struct ud_engine *engine, char **ret_id,
                                                  struct ud_error *err);

/* Adds to tar what every image of ours has that stands on no other: the helper, and the folders
 * where engines mount something. */
struct ud_tarwrite;
UD_MUST_CHECK enum ud_code ud_helper_image_root(const struct ud_helper_binary *binary,
                                                struct ud_tarwrite *tar, struct ud_error *err);

/* The helper's bytes for an architecture in Go's words; UD_ERR_FACTS if there is none. */
UD_MUST_CHECK enum ud_code
ud_helper_binary_for(const char *goarch, const struct ud_helper_binary **ret, struct ud_error *err);

#endif
