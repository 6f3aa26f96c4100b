/* The image of an installation: one layer with the helper and the modules. */
#ifndef APP_INSTALL_IMAGE_H
#define APP_INSTALL_IMAGE_H

#include <stdbool.h>

#include "bundle/bytes/digest.h"
#include "docker/engine/engine.h"
#include "docker/images/image.h"
#include "install/kernels.h"
#include "util/buf.h"
#include "util/error.h"

#define UD_INSTALL_REPO "usbipd-desktop/installed"

/* What is wanted. Zeroed is empty. */
struct ud_install_image {
    struct ud_buf tar; /* of its layer, and so all of it */
    char inputs[UD_DIGEST_HEX_SIZE];
    char *tag;
    char *name; /* with the tag */
};

/* Packs it: the same modules and the same program give the same name. ud_install_image_done
 * whatever it returns. */
UD_MUST_CHECK enum ud_code ud_install_image_pack(const struct ud_install_set *set, const char *arch,
                                                 struct ud_install_image *ret,
                                                 struct ud_error *err);
void ud_install_image_done(struct ud_install_image *image);

/* Has it in the engine and gives its id, in new memory; *ret_made says whether it was made now. */
UD_MUST_CHECK enum ud_code ud_install_image_ensure(struct ud_engine *engine,
                                                   const struct ud_install_image *image,
                                                   const struct ud_install_set *set, char **ret_id,
                                                   bool *ret_made, struct ud_error *err);

/* Whether an image, as inspect tells of it, is one that `install` made, and not made by somebody on
 * top of one, which has the labels too. */
bool ud_install_image_is_ours(const struct ud_image *image);

/* Removes all that `install` made but the one with that id (NULL: all). What somebody uses, or gave
 * a name of their own, stays. */
UD_MUST_CHECK enum ud_code ud_install_images_remove(struct ud_engine *engine, const char *keep,
                                                    struct ud_error *err);

#endif
