/* The module files to insert, taken into memory before anything else happens:
 * what is inserted later cannot be exchanged, and needs no path after the
 * mount namespace has changed. */
#ifndef HELPER_INSERT_STAGE_H
#define HELPER_INSERT_STAGE_H

#include <stddef.h>

#include "proto/check.h"
#include "proto/ops.h"
#include "util/error.h"

struct ud_staged {
    char name[UD_MODULE_NAME_MAX + 1];        /* of the file */
    char kernel_name[UD_MODULE_NAME_MAX + 1]; /* with '_' */
    char build_id[UD_BUILD_ID_MAX + 1];       /* "" if it has none */
    int fd;                                   /* a memfd opened for reading, or -1 */
};

struct ud_stage {
    struct ud_staged modules[UD_OPS_MODULES_MAX];
    size_t count;
};

/* Takes <dir>/NAME.ko for each of the count names, which must be
 * well-formed and different. A symbolic link, anything but a regular file, a
 * file over UD_OPS_FILE_MAX, and a module that calls itself otherwise are
 * refused. UD_ERR_USAGE, UD_ERR_NOT_FOUND, UD_ERR_IO, UD_ERR_UNFIT. ret is
 * written in any case; ud_stage_done when done with it. */
enum ud_code ud_stage_load(const char *root, const char *dir, int count, char **names,
                           struct ud_stage *ret, struct ud_error *err);
void ud_stage_done(struct ud_stage *stage);

#endif
