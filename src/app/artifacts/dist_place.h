/* Where `build` puts its artifacts: only in place of what `build` itself put there. */
#ifndef APP_ARTIFACTS_DIST_PLACE_H
#define APP_ARTIFACTS_DIST_PLACE_H

#include "util/error.h"

/* Whether dir may be replaced: it is missing, an empty directory, or one with a manifest
 * and nothing but that and files that it names. Anything else is somebody's, and
 * UD_ERR_USAGE that names it; also a link in its place, which is not followed. */
UD_MUST_CHECK enum ud_code ud_dist_place_check(const char *dir, struct ud_error *err);

/* Removes directories in top that were to become top/<release> and were left by a run that
 * was killed, as far as they hold only what `build` writes. */
void ud_dist_place_sweep(const char *top, const char *release);

#endif
