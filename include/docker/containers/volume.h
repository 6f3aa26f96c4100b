/* Volumes of the engine. */
#ifndef DOCKER_CONTAINERS_VOLUME_H
#define DOCKER_CONTAINERS_VOLUME_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "util/error.h"
#include "util/strv.h"

/* Names of the volumes with the label ("key" or "key=value"). */
UD_MUST_CHECK enum ud_code ud_volume_list(struct ud_engine *engine, const char *label,
                                          struct ud_strv *ret_names, struct ud_error *err);

/* UD_ERR_NOT_FOUND when absent, UD_ERR_BUSY when a container uses it. */
UD_MUST_CHECK enum ud_code ud_volume_remove(struct ud_engine *engine, const char *name,
                                            struct ud_error *err);

#endif
