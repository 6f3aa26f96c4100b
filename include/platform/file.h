/* An open file, for content that should not be in memory at once. */
#ifndef PLATFORM_FILE_H
#define PLATFORM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct ud_file;

/* Opens an existing file for reading. A directory is UD_ERR_IO. */
UD_MUST_CHECK enum ud_code ud_file_open(const char *path, struct ud_file **ret,
                                        struct ud_error *err);

/* Creates a file for writing; one that exists (or a link) is UD_ERR_BUSY.
 * private_: only this user may read it (mode 0600, else 0644 less umask). On
 * Windows the directory's access list decides in both cases. */
UD_MUST_CHECK enum ud_code ud_file_create(const char *path, bool private_, struct ud_file **ret,
                                          struct ud_error *err);

/* Reads 1 to len bytes; *ret_n is 0 at the end of the file only (and when len is 0). */
UD_MUST_CHECK enum ud_code ud_file_read(struct ud_file *file, void *buf, size_t len, size_t *ret_n,
                                        struct ud_error *err);

/* Writes all or fails. */
UD_MUST_CHECK enum ud_code ud_file_write(struct ud_file *file, const void *data, size_t len,
                                         struct ud_error *err);

/* The size now, in bytes. */
UD_MUST_CHECK enum ud_code ud_file_size(struct ud_file *file, uint64_t *ret, struct ud_error *err);

/* Back to the first byte. */
UD_MUST_CHECK enum ud_code ud_file_rewind(struct ud_file *file, struct ud_error *err);

/* Closes and frees, whatever it returns; a file that was written is complete
 * only if this succeeds. sync: wait until it is on the disk. NULL is fine. */
UD_MUST_CHECK enum ud_code ud_file_close(struct ud_file *file, bool sync, struct ud_error *err);

/* Closes and frees where the outcome does not matter: reading, giving up. */
void ud_file_free(struct ud_file *file);

#endif
