/* Text that goes into URLs, and URLs that go into messages. Pure. */
#ifndef TRANSPORT_URL_H
#define TRANSPORT_URL_H

#include "util/buf.h"

/* Adds text percent-encoded, but for RFC 3986's unreserved characters and '/', ':' and '@',
 * which image names have. */
void ud_url_escape_path(struct ud_buf *buf, const char *text);

/* Adds "?name=value" or, if the buffer already has a '?', "&name=value"; the
 * value is escaped. Does nothing for a NULL value. */
void ud_url_param(struct ud_buf *buf, const char *name, const char *value);

/* A copy fit to be shown: without userinfo, with the values of secret
 * parameters (identitytoken, token, password, auth, signatures) replaced by
 * "***", sanitized, cut at 400 bytes. */
char *ud_url_redact(const char *url);

#endif
