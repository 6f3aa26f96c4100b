/* Slices: what a build reads of a source archive, kept on this machine so that the
 * next build need not unpack all of the archive again.
 *
 * A slice is a tar packed with zstd, in a directory of its own. Its file name is
 * <archive>-<rules>-<slice>.tar.zst: the archive's SHA-256, 16 digits of the digest
 * of what selected the files, and the slice's own SHA-256, by which damage shows.
 * It gets its name when it is whole; what is being written is a hidden file that
 * no other process chooses. */
#ifndef BUNDLE_SRCTREE_SRCSLICE_H
#define BUNDLE_SRCTREE_SRCSLICE_H

#include <stdbool.h>
#include <stddef.h>

#include "bundle/bytes/digest.h"
#include "util/error.h"

enum { UD_SRCSLICE_RULES_SIZE = 17 };

struct ud_srcslice {
    char *path; /* NULL: there is none */
    char sha256[UD_DIGEST_HEX_SIZE];
};

void ud_srcslice_done(struct ud_srcslice *slice);

/* The digits that stand for rules. */
void ud_srcslice_rules(const char *rules, size_t len, char ret[UD_SRCSLICE_RULES_SIZE]);

/* Whether a file of that name is a slice. */
bool ud_srcslice_is_name(const char *name);

/* Looks for the slice and reads all of it: *ret is one whose bytes are those that
 * were written, else zeroed. A damaged one is removed; *ret_damaged says so. A
 * directory that is missing has none. Errors: UD_ERR_IO, UD_ERR_DENIED. */
UD_MUST_CHECK enum ud_code ud_srcslice_find(const char *dir, const char *archive_sha256,
                                            const char *rules, struct ud_srcslice *ret,
                                            bool *ret_damaged, struct ud_error *err);

/* ---- writing one ---- */

struct ud_srcslice_writer;

/* Makes the directory where it is missing. */
UD_MUST_CHECK enum ud_code ud_srcslice_create(const char *dir, struct ud_srcslice_writer **ret,
                                              struct ud_error *err);

/* The next bytes of the tar; packed at once, in the caller's thread. */
UD_MUST_CHECK enum ud_code ud_srcslice_add(struct ud_srcslice_writer *writer, const void *data,
                                           size_t len, struct ud_error *err);

/* The tar is complete: the slice takes its name. Only _free may follow. */
UD_MUST_CHECK enum ud_code ud_srcslice_keep(struct ud_srcslice_writer *writer,
                                            const char *archive_sha256, const char *rules,
                                            struct ud_error *err);

/* Removes what was written unless it was kept. NULL is fine. */
void ud_srcslice_free(struct ud_srcslice_writer *writer);

/* Removes the oldest slices beyond most, and what killed processes left. What cannot
 * be removed stays. */
void ud_srcslice_limit(const char *dir, size_t most);

#endif
