/* Writes small tar archives for uploading to an engine. ustar, with a pax
 * header where a name is too long for it, which every engine takes. Nothing of
 * the host gets in: owner, times and modes are what the caller says. */
#ifndef BUNDLE_TAR_TARWRITE_H
#define BUNDLE_TAR_TARWRITE_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"

struct ud_tarwrite;

/* Receives the archive's bytes in order; its error ends the writing. */
typedef enum ud_code ud_tarwrite_sink(void *ctx, const void *data, size_t len,
                                      struct ud_error *err);

/* Writes to buf (borrowed); its overflow is UD_ERR_INTERNAL at the next call. */
struct ud_tarwrite *ud_tarwrite_new(struct ud_buf *buf);
struct ud_tarwrite *ud_tarwrite_new_sink(ud_tarwrite_sink *sink, void *ctx);
void ud_tarwrite_free(struct ud_tarwrite *tar);

/* For all entries that follow; 0 at the start. */
void ud_tarwrite_set_owner(struct ud_tarwrite *tar, unsigned uid, unsigned gid);
/* Paths are relative with '/' between components, at most 4095 bytes of
 * printable ASCII, without empty, "." and ".." components; others are
 * UD_ERR_INTERNAL. A directory may end in '/'. Parents are not added. */
UD_MUST_CHECK enum ud_code ud_tarwrite_dir(struct ud_tarwrite *tar, const char *path, unsigned mode,
                                           struct ud_error *err);
UD_MUST_CHECK enum ud_code ud_tarwrite_file(struct ud_tarwrite *tar, const char *path,
                                            unsigned mode, const void *data, size_t len,
                                            struct ud_error *err);
/* Writes the end of the archive: 1024 zero bytes, no further padding. */
UD_MUST_CHECK enum ud_code ud_tarwrite_finish(struct ud_tarwrite *tar, struct ud_error *err);

#endif
