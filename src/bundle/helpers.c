#include "bundle/helpers.h"

#include <stdint.h>
#include <string.h>

/* Defined by cmake/embed.S.in. A helper that was not built has size 0. */
extern const unsigned char ud_helper_amd64[];
extern const uint64_t ud_helper_amd64_size;
extern const unsigned char ud_helper_arm64[];
extern const uint64_t ud_helper_arm64_size;

const struct ud_helper_binary *ud_helper_for_arch(const char *goarch)
{
    static struct ud_helper_binary amd64;
    static struct ud_helper_binary arm64;
    struct ud_helper_binary *found;

    amd64.data = ud_helper_amd64;
    amd64.size = (size_t)ud_helper_amd64_size;
    arm64.data = ud_helper_arm64;
    arm64.size = (size_t)ud_helper_arm64_size;

    if (strcmp(goarch, "amd64") == 0)
        found = &amd64;
    else if (strcmp(goarch, "arm64") == 0)
        found = &arm64;
    else
        return NULL;
    return found->size > 0 ? found : NULL;
}
