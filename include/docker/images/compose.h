/* A new image on top of one that the engine has: the base's layers and one of
 * ours over them, without builder. The base is saved, and loaded again as another
 * image: that is what every engine's API can do, whatever its image store, and
 * the result depends on nothing but what is given: no time, no container. */
#ifndef DOCKER_IMAGES_COMPOSE_H
#define DOCKER_IMAGES_COMPOSE_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "docker/images/image.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_compose {
    const char *base;           /* reference or id */
    const char *name;           /* of the new image, with its tag: "vhcli:latest" */
    const char *arch;           /* as Go names it: which image of the base, if it has several */
    const struct ud_buf *layer; /* an uncompressed tar */
    const char *workdir;
    const char *made_by;    /* its comment, and what its history says */
    const char *seal;       /* the label by which ud_image_is_composed knows it */
    const char *pull_again; /* the remedy where the engine has only a part of the base, or NULL */
    struct ud_strv env;     /* "NAME=value", over the base's */
    struct ud_strv labels;  /* "key=value", over the base's */
    struct ud_strv entrypoint;
    struct ud_strv cmd;
};

/* Lists are owned. */
void ud_compose_done(struct ud_compose *compose);

/* Makes it. User, health check, stop signal and what is to be done on builds
 * are not taken over from the base. Streams: the memory it takes does not depend
 * on the base's size. Errors: those of docker/engine/engine.h; UD_ERR_ENGINE if the engine has
 * not all of the base; UD_ERR_PROTOCOL for a saved image that makes no sense. */
UD_MUST_CHECK enum ud_code ud_image_compose(struct ud_engine *engine,
                                            const struct ud_compose *compose, struct ud_error *err);

/* Whether an image, as inspect tells of it, is one that was composed with this seal, and not made
 * by somebody on top of one. What is made so has the labels too, and with podman the comment; but
 * it has another last layer, or another date. Pure. */
bool ud_image_is_composed(const struct ud_image *image, const char *seal);

#endif
