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

/* A URL, or the path of a file where either may be given. What is before the '@' and
 * behind the '?' of a URL may be a password. */
struct ud_url {
    char *secret; /* as it was given: for the request itself, and for nothing else */
    char *shown;  /* fit for messages, results, files and labels */
};

/* Splits text. Shown of a URL is without user and password, and "?..." or "#..." stands for
 * what follows the path; sanitized and cut at 400 bytes. All behind the scheme is "..." where
 * it cannot be told what is a password. Shown of what is no URL is the text, sanitized. */
void ud_url_init(struct ud_url *url, const char *text);

/* The URL of what is at rest, such as "/v6.x/linux.tar.xz", below base. */
void ud_url_init_below(struct ud_url *url, const struct ud_url *base, const char *rest);

/* A zeroed one is fine. */
void ud_url_done(struct ud_url *url);

/* The last name of the URL's path, in new memory; "" if there is none. */
char *ud_url_file_name(const struct ud_url *url);

/* A copy of a text from elsewhere, a server's or a user's, with each URL in it as it may be
 * shown. In new memory. */
char *ud_url_redact_text(const char *text);

/* The target of a request to an engine as it may be shown: the values of secret parameters
 * (identitytoken, token, password, auth, signatures) are "***", and there is no userinfo.
 * Sanitized, cut at 400 bytes. In new memory. */
char *ud_url_redact_target(const char *target);

#endif
