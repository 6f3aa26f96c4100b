/* A tree of sources, entry by entry: an archive or a directory. */
#ifndef BUNDLE_SRCTREE_SRCTREE_WALK_H
#define BUNDLE_SRCTREE_SRCTREE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bundle/srctree/srctree.h"
#include "util/error.h"

enum ud_srctree_type { UD_SRCTREE_FILE, UD_SRCTREE_SYMLINK, UD_SRCTREE_HARDLINK };

/* Valid until the next call of next. */
struct ud_srctree_entry {
    const char *path; /* clean, below the top, printable ASCII */
    const char *link; /* a symlink's text, a hard link's path (clean, below the top); else NULL */
    enum ud_srctree_type type;
    uint64_t size;
    int64_t mtime;
    bool executable;
};

struct ud_srctree_walk {
    /* The next file or link; *ret_end at the end. */
    enum ud_code (*next)(struct ud_srctree_walk *walk, struct ud_srctree_entry *ret, bool *ret_end,
                         struct ud_error *err);
    /* Before the first data of a file: brings size and executable up to date. */
    enum ud_code (*open)(struct ud_srctree_walk *walk, struct ud_srctree_entry *entry,
                         struct ud_error *err);
    /* 1 to len of a file's bytes; 0 if there are no more. */
    enum ud_code (*data)(struct ud_srctree_walk *walk, void *buf, size_t len, size_t *ret_n,
                         struct ud_error *err);
    /* After the last entry that is wanted; whole: after the end was reached. */
    enum ud_code (*finish)(struct ud_srctree_walk *walk, bool whole, struct ud_error *err);
    void (*stats)(struct ud_srctree_walk *walk, struct ud_srctree_stats *stats);
    const char *(*digest)(const struct ud_srctree_walk *walk);
    void (*free)(struct ud_srctree_walk *walk);

    const char *name; /* of the source, for messages; borrowed */
    uint64_t entries; /* seen */
    uint64_t skipped; /* of these: not ASCII, or of a kind that no kernel has */
};

UD_MUST_CHECK enum ud_code ud_srctree_walk_archive_new(const struct ud_srctree_options *options,
                                                       const char *name,
                                                       struct ud_srctree_walk **ret,
                                                       struct ud_error *err);
UD_MUST_CHECK enum ud_code ud_srctree_walk_dir_new(const char *path, struct ud_srctree_walk **ret,
                                                   struct ud_error *err);

#endif
