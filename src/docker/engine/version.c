#include "engine/version.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

enum { PART_MAX = 9999, SHOWN_MAX = 20 };

bool ud_version_parse(const char *text, struct ud_version *ret)
{
    const char *dot = strchr(text, '.');
    if (dot == NULL) {
        return false;
    }
    char *head = ud_strndup(text, (size_t)(dot - text));
    uint64_t major = 0;
    uint64_t minor = 0;
    bool ok = ud_str_to_u64(head, &major) && ud_str_to_u64(dot + 1, &minor) && major <= PART_MAX &&
              minor <= PART_MAX;
    free(head);
    if (ok) {
        *ret = (struct ud_version){(unsigned)major, (unsigned)minor};
    }
    return ok;
}

int ud_version_compare(struct ud_version a, struct ud_version b)
{
    if (a.major != b.major) {
        return a.major < b.major ? -1 : 1;
    }
    return a.minor == b.minor ? 0 : a.minor < b.minor ? -1 : 1;
}

static struct ud_version version_known(const char *text)
{
    struct ud_version version = {0};
    (void)ud_version_parse(text, &version);
    return version;
}

static enum ud_code apply_pin(const char *pinned, struct ud_version *version, struct ud_error *err)
{
    struct ud_version pin = {0};
    if (!ud_version_parse(pinned, &pin) ||
        ud_version_compare(pin, version_known(UD_API_VERSION_MIN)) < 0) {
        return ud_fail(err, UD_ERR_USAGE,
                       "Unset DOCKER_API_VERSION, or set it to " UD_API_VERSION_MIN " or newer.",
                       "DOCKER_API_VERSION=%.*s is not a version that this program speaks",
                       SHOWN_MAX, pinned);
    }
    if (ud_version_compare(pin, *version) < 0) {
        *version = pin;
    }
    return UD_OK;
}

enum ud_code ud_version_choose(const char *who, const char *theirs, const char *pinned,
                               struct ud_version *ret, struct ud_error *err)
{
    struct ud_version engine = {0};
    if (theirs == NULL || !ud_version_parse(theirs, &engine)) {
        return ud_fail(err, UD_ERR_PROTOCOL, "Check that a Docker engine answers at the endpoint.",
                       "%s answers, but not as a Docker engine does: it names no API version", who);
    }
    if (ud_version_compare(engine, version_known(UD_API_VERSION_MIN)) < 0) {
        return ud_fail(err, UD_ERR_ENGINE, "Update Docker to 20.10 or newer.",
                       "%s is too old: it speaks API %u.%u, and " UD_API_VERSION_MIN
                       " (Docker 20.10) is needed",
                       who, engine.major, engine.minor);
    }
    struct ud_version version = version_known(UD_API_VERSION_MAX);
    if (ud_version_compare(engine, version) < 0) {
        version = engine;
    }
    if (pinned != NULL) {
        UD_TRY(apply_pin(pinned, &version, err));
    }
    *ret = version;
    return UD_OK;
}

enum ud_code ud_version_check_minimum(const char *who, struct ud_version ours,
                                      const char *their_minimum, struct ud_error *err)
{
    struct ud_version minimum = {0};
    if (ud_version_parse(their_minimum, &minimum) && ud_version_compare(ours, minimum) < 0) {
        return ud_fail(err, UD_ERR_ENGINE,
                       "Update usbipd-desktop, and unset DOCKER_API_VERSION if it is set.",
                       "%s is too new: it wants API %u.%u at least, and this program speaks %u.%u",
                       who, minimum.major, minimum.minor, ours.major, ours.minor);
    }
    return UD_OK;
}
