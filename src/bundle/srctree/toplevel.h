/* The directory at the top of a source archive, "linux-6.12/". */
#ifndef BUNDLE_SRCTREE_TOPLEVEL_H
#define BUNDLE_SRCTREE_TOPLEVEL_H

#include <stdbool.h>

#include "util/error.h"

struct ud_toplevel {
    bool
        packaged; /* set before: it is a package of SUSE's, whose tree is usr/src/linux-<version> */
    bool known;
    char *name; /* once known: the directory, or NULL if the archive has none */
};

void ud_toplevel_done(struct ud_toplevel *top);

/* The rest of path (clean) below the top; "" for the top itself. The first
 * path decides: if it is a file at the top, or one of the directories that
 * every kernel has, the archive has no top directory. A path beside the top
 * directory is UD_ERR_SOURCE; in a package what is beside the tree is "". */
UD_MUST_CHECK enum ud_code ud_toplevel_strip(struct ud_toplevel *top, const char *path, bool is_dir,
                                             const char **ret_rest, struct ud_error *err);

#endif
