/* Reads an uncompressed tar archive that arrives in pieces, as an engine sends
 * what was asked out of a container. Understands ustar, GNU and pax names and
 * sizes. Everything is bounded; what does not make sense, or names a place
 * outside of the archive, is UD_ERR_PROTOCOL. */
#ifndef BUNDLE_TAR_TARREAD_H
#define BUNDLE_TAR_TARREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

enum ud_tarread_type {
    UD_TARREAD_FILE,
    UD_TARREAD_DIR,
    UD_TARREAD_SYMLINK,
    UD_TARREAD_HARDLINK,
    UD_TARREAD_OTHER /* devices, pipes, and what this program does not know */
};

/* Borrowed by the callback for its run. */
struct ud_tarread_entry {
    const char *path; /* relative, without leading "./" and trailing '/'; "" for the root */
    const char *link; /* target of a link as the archive has it, else "" */
    enum ud_tarread_type type;
    unsigned mode; /* permission bits */
    int64_t mtime;
    const char *data; /* whole content of a file, NUL after it; else "" */
    size_t size;
};

struct ud_tarread_options {
    /* Each entry in the archive's order; an error ends the reading with it. */
    enum ud_code (*entry)(void *ctx, const struct ud_tarread_entry *entry, struct ud_error *err);
    void *ctx;
    size_t max_entries;
    size_t max_file;    /* bytes of one file */
    uint64_t max_total; /* bytes of the whole archive; 0: no limit */

    /* Optional, for passing an archive on: gets the bytes of each entry as they
     * are, but not those of the archive's end. Of a file over max_file, which is
     * then no error, entry is not told. */
    enum ud_code (*raw)(void *ctx, const void *data, size_t len, struct ud_error *err);
    bool (*passes)(void *ctx, const char *path); /* which entries raw gets, by the path that
                                                  * entry is told; NULL: all */

    /* Optional, for files that should not be in memory: gets what a file holds as it
     * comes. A file over max_file is then no error, and entry is not told of it. */
    enum ud_code (*content)(void *ctx, const char *raw_path, const void *data, size_t len,
                            struct ud_error *err);
};

struct ud_tarread;

struct ud_tarread *ud_tarread_new(const struct ud_tarread_options *options);
void ud_tarread_free(struct ud_tarread *tar);

/* The next len bytes, cut anywhere. After an error only _free may follow. */
UD_MUST_CHECK enum ud_code ud_tarread_feed(struct ud_tarread *tar, const void *data, size_t len,
                                           struct ud_error *err);

/* The stream ended; an archive without its end blocks is UD_ERR_PROTOCOL. */
UD_MUST_CHECK enum ud_code ud_tarread_finish(struct ud_tarread *tar, struct ud_error *err);

#endif
