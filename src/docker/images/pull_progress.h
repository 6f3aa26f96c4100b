/* The progress of a pull, summed over its layers. */
#ifndef DOCKER_IMAGES_PULL_PROGRESS_H
#define DOCKER_IMAGES_PULL_PROGRESS_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "util/report.h"

enum { UD_PULL_LAYERS_MAX = 256 };

struct ud_pull_progress {
    struct {
        char id[80];
        uint64_t done;
        uint64_t total;
    } layers[UD_PULL_LAYERS_MAX];
    size_t len;
};

/* Takes one message; reports when it changed the sum. */
void ud_pull_progress_take(struct ud_pull_progress *progress, const cJSON *message,
                           const struct ud_report *report);

#endif
