/* The walk through an archive: its state, and what it makes of an entry. */
#ifndef BUNDLE_SRCTREE_ARCHIVE_WALK_H
#define BUNDLE_SRCTREE_ARCHIVE_WALK_H

#include <archive.h>
#include <archive_entry.h>

#include "platform/file.h"
#include "srctree/srctree_walk.h"
#include "srctree/toplevel.h"
#include "tar/unpack.h"

struct archive_walk {
    struct ud_srctree_walk walk;
    struct ud_file *file; /* if the input is one */
    uint64_t in_total;
    char *sha256; /* expected, lower-case; or NULL */
    struct ud_unpack *unpack;
    struct archive *tar;
    struct ud_toplevel top;
    bool opened;
    size_t zeros; /* zero bytes at the end of what was unpacked so far, at most a block */
    char *path;   /* of the current entry, and its link */
    char *link;
};

/* Describes a file or link; *ret_use is false for directories and what is passed over. */
UD_MUST_CHECK enum ud_code ud_archive_describe(struct archive_walk *self,
                                               struct archive_entry *entry,
                                               struct ud_srctree_entry *ret, bool *ret_use,
                                               struct ud_error *err);

#endif
