/* Whether an option is the business of modules alone, or of the image that runs, too. */
#ifndef KERNEL_DRIVERS_IMAGE_H
#define KERNEL_DRIVERS_IMAGE_H

#include <stdbool.h>

#include "drivers/ktree.h"
#include "drivers/makefiles.h"
#include "drivers/mentions.h"
#include "kernel/config/config.h"

/* All borrowed. */
struct ud_kernel_image {
    const struct ud_ktree *tree;
    const struct ud_makefiles *makefiles;
    const struct ud_mentions *mentions;
    const struct ud_config *running;
};

/* Whether the option, which is off and would become y, or m if module is set, changes what was
 * compiled for the running kernel, its modules included. Then *ret_why, in new memory, is a clause
 * that says so. A header that looks at it counts, unless the option is part of something that can
 * be a module and that the running kernel has not at all: all that is laid out by it is new then.
 * What headers do to the image's structs in spite of that shows when layouts and CRCs are
 * compared. Of a module only what is built in with it counts. */
bool ud_image_is_changed(const struct ud_kernel_image *image, const char *option, bool module,
                         char **ret_why);

/* Adds each option, sorted, that is off and of which the same can be told at once: it is part
 * of something that the running kernel has not at all, and does not change the image. */
void ud_image_harmless(const struct ud_kernel_image *image, struct ud_strv *ret);

#endif
