/* Streams kernel sources: reads a compressed tar archive or a directory,
 * selects what a build needs, and lets the consumer pull it as another tar.
 *
 * Nothing is written to disk and memory does not grow with the tree: a
 * decompressor runs in a thread of its own behind a ring of 2 MiB, and the rest
 * happens inside ud_srctree_read, in the caller's thread, callbacks included.
 * Needed besides: the archive's own dictionary and one tapped file.
 *
 * What comes out:
 * - Paths below the archive's single top directory (an archive without one is
 *   recognized, too), with a prefix put before.
 * - Files, symbolic and hard links in the archive's order, a directory's in
 *   strcmp order; before them the directories they are in. A directory may
 *   occur more than once; one in which nothing is selected does not occur. The
 *   directories that the prefix names do not occur either: an engine makes them.
 * - Mode 0755 for directories, and for files that are executable or begin with
 *   "#!" in a directory (Windows and its file systems forget the former), else
 *   0644; owner as given.
 * - Modification times as they are, but none after now: make depends on their
 *   order, in an archive they are as reproducible as its content, and a time in
 *   the future makes make complain. A made-up directory takes that of the entry
 *   it is made for.
 *
 * Names that are not printable ASCII are passed over and counted: no kernel has
 * any. In a directory so are pipes and the like, and ".git" without counting.
 *
 * Archives may come from anywhere. Absolute paths, "..", devices, selected links
 * that lead out of the tree, hard links to what is not selected, sizes beyond any
 * kernel's and damaged or truncated data are UD_ERR_SOURCE. */
#ifndef BUNDLE_SRCTREE_SRCTREE_H
#define BUNDLE_SRCTREE_SRCTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* What to do with a file or link; flags. */
enum ud_srctree_want {
    UD_SRCTREE_SKIP = 0,
    UD_SRCTREE_SEND = 1, /* put it into the stream */
    UD_SRCTREE_TAP = 2,  /* give a file's content to tap */
    /* The same, unless it is larger than tap_max. */
    UD_SRCTREE_TAP_SMALL = 8,
    /* Neither this nor anything after it is wanted: stop unpacking. The rest
     * of an archive whose digest is asked for is read, but not unpacked. */
    UD_SRCTREE_STOP = 4
};

struct ud_srctree_options {
    /* One of: the path of an archive or a directory; */
    const char *path;
    /* or where an archive's bytes come from: 1 to len of them, 0 at the end.
     * Called from another thread than the one that reads. */
    enum ud_code (*read)(void *ctx, void *buf, size_t len, size_t *ret_n, struct ud_error *err);
    void *read_ctx;
    const char *name;   /* with read: what messages call it */
    uint64_t read_size; /* with read: how much will come, 0 if unknown */

    /* Decides for each file and link by its path in the tree, such as
     * "drivers/usb/Kconfig"; returns ud_srctree_want flags. A link is never tapped. */
    unsigned (*want)(void *ctx, const char *path);
    /* A tapped file's content, NUL after it; an error ends the reading with it. */
    enum ud_code (*tap)(void *ctx, const char *path, const char *data, size_t len,
                        struct ud_error *err);
    void *ctx;      /* of want and tap */
    size_t tap_max; /* bytes; a larger tapped file is UD_ERR_SOURCE; 0: 1 MiB */

    const char *prefix; /* "" or "usbipd/linux/"; NULL is "" */
    unsigned uid, gid;

    /* Compute the archive's SHA-256; implied by sha256. Not for directories. */
    bool digest;
    /* Lower- or upper-case hex that the archive must have, checked at its end:
     * the stream fails before it ends if it is another. NULL: not checked. */
    const char *sha256;
};

struct ud_srctree_stats {
    uint64_t in_bytes;  /* of the archive (compressed) or the directory's files read so far */
    uint64_t in_total;  /* the archive's size; 0 if unknown or a directory */
    uint64_t unpacked;  /* bytes of tar unpacked; 0 for a directory */
    uint64_t entries;   /* files, links and directories seen */
    uint64_t skipped;   /* of these: names not in ASCII; pipes and the like in a directory */
    uint64_t selected;  /* files and links sent */
    uint64_t tapped;    /* files given to tap */
    uint64_t out_bytes; /* of tar handed to the consumer */
};

struct ud_srctree;

/* Opens the source and starts to unpack. options and its texts are copied. */
UD_MUST_CHECK enum ud_code ud_srctree_open(const struct ud_srctree_options *options,
                                           struct ud_srctree **ret, struct ud_error *err);

/* Stops at any moment, also while a read callback blocks: waits for that. */
void ud_srctree_free(struct ud_srctree *source);

/* The next 1 to len bytes of the tar; *ret_n is 0 at its end, and then the
 * whole input was sound. len must not be 0. An error stays. Fit for a libcurl
 * read callback: fills buf as far as it can. */
UD_MUST_CHECK enum ud_code ud_srctree_read(struct ud_srctree *source, void *buf, size_t len,
                                           size_t *ret_n, struct ud_error *err);

/* At any time, from the reading thread. */
void ud_srctree_get_stats(struct ud_srctree *source, struct ud_srctree_stats *ret);

/* The archive's SHA-256 in lower-case hex once ud_srctree_read has reported the
 * end and a digest was asked for; else NULL. Borrowed from the source. */
const char *ud_srctree_digest(const struct ud_srctree *source);

#endif
