/* Files of certificates of authorities. */
#ifndef TRANSPORT_AUTHORITIES_H
#define TRANSPORT_AUTHORITIES_H

#include "util/buf.h"
#include "util/error.h"

enum { UD_AUTHORITIES_MAX = 8 * 1024 * 1024 };

/* Adds a PEM file to ret, whose maximum leaves UD_AUTHORITIES_MAX for it. The certificates
 * themselves are not looked at. Errors: those of ud_fs_read (platform/fs.h), and UD_ERR_USAGE for a
 * file without a certificate in PEM. */
UD_MUST_CHECK enum ud_code ud_authorities_read(const char *path, struct ud_buf *ret,
                                               struct ud_error *err);

#endif
