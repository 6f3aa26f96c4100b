/* libarchive as a decompressor. */
#ifndef BUNDLE_TAR_FILTERS_H
#define BUNDLE_TAR_FILTERS_H

#include <archive.h>

#include "util/error.h"

/* A reader, to be opened and released with archive_read_free, whose only entry
 * is the decompressed input: gzip, bzip2, xz and zstd, or nothing. A filter
 * that this libarchive lacks would start an external program instead, which it
 * says with ARCHIVE_WARN: that is an error here. */
UD_MUST_CHECK enum ud_code ud_filters_reader(struct archive **ret, struct ud_error *err);

#endif
