/* The JSON of a composed image. Pure. */
#ifndef DOCKER_IMAGES_COMPOSE_CONFIG_H
#define DOCKER_IMAGES_COMPOSE_CONFIG_H

#include <cjson/cJSON.h>

#include "docker/images/compose.h"
#include "util/error.h"

/* What a saved image's manifest.json says of one image: a borrowed object. */
struct ud_saved_image {
    const char *config; /* the path of its configuration */
    const cJSON *layers;
};

/* The index-th image of a manifest; false if there is none or it is unsound. */
bool ud_saved_image_at(const cJSON *manifest, int index, struct ud_saved_image *ret);

/* The new image's configuration (its digest is the image's id) in new memory,
 * from the base's. diff_id is the layer's digest in hex. UD_ERR_PROTOCOL for a base
 * without what a configuration must have. */
UD_MUST_CHECK enum ud_code ud_compose_config(const char *base_config, size_t len,
                                             const struct ud_compose *compose, const char *diff_id,
                                             char **ret, struct ud_error *err);

/* The new manifest.json in new memory. */
char *ud_compose_manifest(const struct ud_saved_image *base, const struct ud_compose *compose,
                          const char *config_path, const char *layer_path);

#endif
