/* Downloads for the use cases. */
#ifndef APP_SOURCES_WEB_H
#define APP_SOURCES_WEB_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "sources/kept_file.h"
#include "transport/url.h"
#include "util/buf.h"
#include "util/error.h"

/* Whether text is something that can be downloaded rather than a file. */
bool ud_web_is_url(const char *text);

/* The content replaces what ret (initialized) has. */
UD_MUST_CHECK enum ud_code ud_web_get(const struct ud_app *app, const struct ud_url *url,
                                      struct ud_buf *ret, struct ud_error *err);

/* Downloads into a file that was begun, with progress. */
UD_MUST_CHECK enum ud_code ud_web_get_to(const struct ud_app *app, const struct ud_url *url,
                                         struct ud_kept_file *file, struct ud_error *err);

#endif
