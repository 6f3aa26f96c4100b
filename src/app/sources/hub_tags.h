/* Which images of a repository hold builds of one kernel version. */
#ifndef APP_SOURCES_HUB_TAGS_H
#define APP_SOURCES_HUB_TAGS_H

#include "sources/acquire.h"
#include "util/error.h"
#include "util/strv.h"

/* "aarch64" gives "arm64"; all else is "amd64". */
const char *ud_hub_tags_goarch(const char *machine);

/* The route's own names, those that the engine has, and those that the registry
 * lists; not knowing a list is no error. */
UD_MUST_CHECK enum ud_code ud_hub_tags_references(const struct ud_acquire *acquire,
                                                  const struct ud_route *route, struct ud_strv *ret,
                                                  struct ud_error *err);

#endif
