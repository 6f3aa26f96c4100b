/* Changes that a kernel's builder made to the sources: unified diffs, which `patch -p1` applies at
 * the top of the tree in the order of their names. */
#ifndef KERNEL_KBUILD_PATCHES_H
#define KERNEL_KBUILD_PATCHES_H

#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

enum {
    UD_PATCHES_MAX = 512,
    UD_PATCHES_TEXT_MAX =
        64 << 20 /* bytes of one; those of a whole stable release have some 10 MB */
};

struct ud_patch {
    char *name; /* of its file */
    char *text;
    size_t len; /* bytes */
};

/* Zeroed: none. */
struct ud_patches {
    struct ud_patch *items; /* sorted by name */
    size_t len;
    char *origin; /* where they lie, for people; NULL: nobody said it */
};

/* Copies one in its place; the last of one name stays the last. */
void ud_patches_add(struct ud_patches *patches, const char *name, const void *text, size_t len);
void ud_patches_done(struct ud_patches *patches);

/* Adds the files that a patch changes, makes, renames or removes, each once, sorted, relative to
 * the top of the tree. UD_ERR_SOURCE, naming the patch, if it changes nothing, or a file that is
 * not below the top. */
UD_MUST_CHECK enum ud_code ud_patches_list_files(const struct ud_patches *patches,
                                                 struct ud_strv *ret, struct ud_error *err);

/* Adds names and texts, so that two lists with the same bytes are the same. */
void ud_patches_text(const struct ud_patches *patches, struct ud_buf *out);

#endif
