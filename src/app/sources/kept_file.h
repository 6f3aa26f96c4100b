/* A file that is kept on this machine for a next time. Nothing of it is believed: it is
 * taken by its digest. And nothing depends on it: what cannot be kept is used all the same. */
#ifndef APP_SOURCES_KEPT_FILE_H
#define APP_SOURCES_KEPT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/engine/context.h"
#include "bundle/bytes/digest.h"
#include "docker/engine/engine.h"
#include "platform/file.h"
#include "util/error.h"

/* Whether the file at path is there and its SHA-256 in lower-case hex begins with sha256.
 * One with other bytes is removed, and that is told. What cannot be read is not there: why
 * is told, too. ret gets the whole digest of a file that is taken, and may be NULL. */
bool ud_kept_file_take(const struct ud_app *app, const char *path, const char *sha256,
                       char ret[UD_DIGEST_HEX_SIZE]);

/* ---- writing one ---- */

struct ud_kept_file {
    const struct ud_app *app;
    char *path; /* where it is to be kept; NULL: nowhere */
    char *temp; /* where it is while it is written */
    struct ud_file *file;
    struct ud_digest *digest;
    uint64_t len;
    bool elsewhere; /* temp is in the system's directory for temporary files */
};

/* Creates a hidden file beside path, or elsewhere if that cannot be done; then a warning says
 * why it is not kept. path NULL: this machine has no place for what is kept. ud_kept_file_done
 * releases it, whatever this returns. */
UD_MUST_CHECK enum ud_code ud_kept_file_begin(const struct ud_app *app, const char *path,
                                              struct ud_kept_file *ret, struct ud_error *err);

/* Adds bytes. When the place turns out to be full or broken, the file moves elsewhere. */
UD_MUST_CHECK enum ud_code ud_kept_file_write(struct ud_kept_file *kept, const void *data,
                                              size_t len, struct ud_error *err);

/* Forgets what was written. */
UD_MUST_CHECK enum ud_code ud_kept_file_begin_anew(struct ud_kept_file *kept, struct ud_error *err);

/* All is written. */
UD_MUST_CHECK enum ud_code ud_kept_file_close(struct ud_kept_file *kept,
                                              char ret_sha256[UD_DIGEST_HEX_SIZE],
                                              struct ud_error *err);

/* Writes a file of a container, which need not run, and closes it. Errors: those of the engine;
 * UD_ERR_PROTOCOL for what is not a file. */
UD_MUST_CHECK enum ud_code
ud_kept_file_take_out(struct ud_kept_file *kept, struct ud_engine *engine, const char *container,
                      const char *path, char ret_sha256[UD_DIGEST_HEX_SIZE], struct ud_error *err);

/* Gives it its name, if keep is set and that can be done. *ret_path is where it is, in new
 * memory; *ret_temporary: it is not kept, and to be removed after use. */
void ud_kept_file_hand_over(struct ud_kept_file *kept, bool keep, char **ret_path,
                            bool *ret_temporary);

/* Removes what was not handed over. */
void ud_kept_file_done(struct ud_kept_file *kept);

#endif
