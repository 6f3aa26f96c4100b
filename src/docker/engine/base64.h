/* Base64 of RFC 4648. Pure. */
#ifndef DOCKER_ENGINE_BASE64_H
#define DOCKER_ENGINE_BASE64_H

#include <stddef.h>

/* With the URL-safe alphabet and padding, as Go's URLEncoding; in new memory. */
char *ud_base64url(const void *data, size_t len);

/* Decodes either alphabet, padded or not, into new memory that a NUL ends;
 * NULL for what is none or holds a NUL. */
char *ud_base64_text(const char *text);

#endif
