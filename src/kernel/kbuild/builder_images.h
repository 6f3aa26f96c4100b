/* Which public image has which compiler. */
#ifndef KERNEL_KBUILD_BUILDER_IMAGES_H
#define KERNEL_KBUILD_BUILDER_IMAGES_H

#include <stdbool.h>

#include "kernel/kbuild/compiler.h"

struct ud_base_image {
    const char *image;
    unsigned major; /* of the compiler to install there */
};

/* The image with the kernel's compiler, or with the nearest one. Where cross
 * compilers are needed it is never Alpine, which has none. */
struct ud_base_image ud_base_image_for(const struct ud_compiler *compiler, bool cross);

#endif
