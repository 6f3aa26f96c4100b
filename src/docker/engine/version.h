/* API versions, such as "1.41". Pure. */
#ifndef DOCKER_ENGINE_VERSION_H
#define DOCKER_ENGINE_VERSION_H

#include <stdbool.h>

#include "util/error.h"

#define UD_API_VERSION_MIN "1.41" /* engine 20.10 */
#define UD_API_VERSION_MAX "1.52" /* engine 29.0, which takes no less than 1.44 */

struct ud_version {
    unsigned major;
    unsigned minor;
};

bool ud_version_parse(const char *text, struct ud_version *ret);

/* Less than, equal to or greater than 0, as a is to b. */
int ud_version_compare(struct ud_version a, struct ud_version b);

/* The version to speak with an engine whose maximum is theirs; pinned is
 * DOCKER_API_VERSION or NULL. who names the engine in errors. */
UD_MUST_CHECK enum ud_code ud_version_choose(const char *who, const char *theirs,
                                             const char *pinned, struct ud_version *ret,
                                             struct ud_error *err);

/* UD_ERR_ENGINE when ours is below the engine's minimum ("" is none). */
UD_MUST_CHECK enum ud_code ud_version_check_minimum(const char *who, struct ud_version ours,
                                                    const char *their_minimum,
                                                    struct ud_error *err);

#endif
