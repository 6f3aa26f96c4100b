/* Files into and out of containers, as tar streams. Containers need not run. */
#ifndef DOCKER_CONTAINERS_ARCHIVE_H
#define DOCKER_CONTAINERS_ARCHIVE_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "transport/stream.h"
#include "util/error.h"

/* Unpacks a tar below path, an existing directory. After a failure the
 * container may hold a truncated file: discard it. A missing container or path
 * costs no upload (UD_ERR_NOT_FOUND). Gives up when nothing moves for 60 s. An error of
 * tar's own is passed on as it is. */
UD_MUST_CHECK enum ud_code ud_archive_put(struct ud_engine *engine, const char *container,
                                          const char *path, const struct ud_source *tar,
                                          struct ud_error *err);

/* Streams a tar of path (a file or directory) into the sink. */
UD_MUST_CHECK enum ud_code ud_archive_get(struct ud_engine *engine, const char *container,
                                          const char *path, const struct ud_sink *tar,
                                          struct ud_error *err);

struct ud_archive_stat {
    bool is_dir;
    unsigned mode; /* permission bits */
    char *link;    /* of a link: where it leads in the end, absolute; else NULL */
};

void ud_archive_stat_done(struct ud_archive_stat *stat);

/* What is at a path of the container's file system; links in its folders are
 * followed, one at its end is not. UD_ERR_NOT_FOUND when nothing is there. */
UD_MUST_CHECK enum ud_code ud_archive_stat(struct ud_engine *engine, const char *container,
                                           const char *path, struct ud_archive_stat *ret,
                                           struct ud_error *err);

#endif
