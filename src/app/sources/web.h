/* Downloads for the use cases: to a file, or small ones to memory. */
#ifndef APP_SOURCES_WEB_H
#define APP_SOURCES_WEB_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "util/buf.h"
#include "util/error.h"

/* Whether text is something that can be downloaded rather than a file. */
bool ud_web_is_url(const char *text);

UD_MUST_CHECK enum ud_code ud_web_get(const struct ud_app *app, const char *url, struct ud_buf *ret,
                                      struct ud_error *err);

/* Downloads to path, which must not exist. One that was not got whole or has another
 * digest is removed again. */
UD_MUST_CHECK enum ud_code ud_web_get_new_file(const struct ud_app *app, const char *url,
                                               const char *path, const char *sha256,
                                               struct ud_error *err);

/* Downloads to a new file beside path and renames it to path once it is whole
 * and, if sha256 is not NULL, has that digest (UD_ERR_SOURCE if not). */
UD_MUST_CHECK enum ud_code ud_web_get_file(const struct ud_app *app, const char *url,
                                           const char *path, const char *sha256,
                                           struct ud_error *err);

#endif
