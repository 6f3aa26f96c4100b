/* The image that compiles: the user's as it is, or one of ours, made once from
 * a distribution's base image by installing the kernel's compiler and tools. */
#ifndef APP_BUILDER_BUILDER_IMAGE_H
#define APP_BUILDER_BUILDER_IMAGE_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "engine/temp_image.h"
#include "kernel/facts/facts.h"
#include "kernel/kbuild/compiler.h"
#include "util/error.h"

/* The comment of the images that are made here; it is not inherited. */
#define UD_BUILDER_IMAGE_MADE_BY "usbipd-desktop's builder"

/* What the user asks for; zeroed is nothing. */
struct ud_builder_wish {
    const char *image;    /* an image to use as it is; NULL: one by the kernel's compiler */
    const char *platform; /* its programs' ("linux/arm64"); NULL: the build engine's own */
};

struct ud_builder_image {
    struct ud_engine *engine; /* borrowed */
    struct ud_builder_wish wish;
    char *image;   /* its name */
    char *id;      /* what to create the build container from; NULL until ensured */
    char *goarch;  /* of the build engine */
    unsigned cpus; /* of the build engine */
    struct ud_builder builder;
    struct ud_strv env; /* of commands in it; empty for the user's image, which has its own */
    struct ud_temp_image held; /* the user's image, for this run */
};

/* Names the image without asking the engine for it: for a dry run. The wish's texts stay the
 * caller's, and have to stay. */
UD_MUST_CHECK enum ud_code ud_builder_image_choose(struct ud_engine *engine,
                                                   const struct ud_builder_wish *wish,
                                                   const struct ud_facts *facts,
                                                   struct ud_builder_image *ret,
                                                   struct ud_error *err);

/* Has an image of ours hold the program `patch` too, which gives it another name. The user's stays
 * as it is. */
void ud_builder_image_want_patch(struct ud_builder_image *builder_image);

/* UD_ERR_NOT_FOUND, with the remedy, unless the engine has it already. */
UD_MUST_CHECK enum ud_code ud_builder_image_check(const struct ud_builder_image *builder_image,
                                                  struct ud_error *err);

/* Makes it be there: pulls, and installs what is needed into an image of ours. */
UD_MUST_CHECK enum ud_code ud_builder_image_ensure(const struct ud_app *app,
                                                   struct ud_builder_image *builder_image,
                                                   struct ud_error *err);

/* Removes what was pulled for this run only. */
void ud_builder_image_done(struct ud_builder_image *builder_image);

#endif
