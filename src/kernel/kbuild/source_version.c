#include "kernel/kbuild/source_version.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "util/str.h"

struct version {
    bool known;
    unsigned major, minor, patch;
};

/* "VERSION = 6": the number, or -1 if the line is another. */
static int64_t source_version_of_line(struct ud_slice line, const char *name)
{
    uint64_t value = 0;
    if (!ud_slice_starts(line, name)) {
        return -1;
    }
    struct ud_slice rest = {line.ptr + strlen(name), line.len - strlen(name)};
    rest = ud_slice_trim(rest);
    if (rest.len < 1 || rest.ptr[0] != '=') {
        return -1;
    }
    rest = ud_slice_trim((struct ud_slice){rest.ptr + 1, rest.len - 1});
    return ud_slice_to_u64(rest, &value) && value < 10000 ? (int64_t)value : -1;
}

static struct version source_version_of(const char *makefile, size_t len)
{
    struct version version = {0};
    struct {
        const char *name;
        unsigned *value;
        bool found;
    } parts[] = {{"VERSION", &version.major, false},
                 {"PATCHLEVEL", &version.minor, false},
                 {"SUBLEVEL", &version.patch, false}};
    struct ud_slice rest = {makefile, len};
    struct ud_slice line;
    while (ud_str_next_line(&rest, &line)) {
        for (size_t i = 0; i < 3; i++) {
            int64_t value = parts[i].found ? -1 : source_version_of_line(line, parts[i].name);
            if (value >= 0) {
                *parts[i].value = (unsigned)value;
                parts[i].found = true;
            }
        }
    }
    version.known = parts[0].found && parts[1].found;
    return version;
}

/* "6.1.192", or "5.15.133.1", of which the last number is EXTRAVERSION. */
static struct version source_version_of_release(const struct ud_release *release)
{
    struct version version = {0};
    version.known =
        sscanf(release->upstream, "%u.%u.%u", &version.major, &version.minor, &version.patch) >= 2;
    return version;
}

enum ud_code ud_source_version_check(const struct ud_release *release, const char *makefile,
                                     size_t len, struct ud_error *err)
{
    const struct version is = source_version_of(makefile, len);
    const struct version wanted = source_version_of_release(release);
    if (!is.known || !wanted.known) {
        return UD_OK;
    }
    bool same = is.major == wanted.major && is.minor == wanted.minor &&
                (is.patch == wanted.patch || !ud_release_names_sublevel(release));
    if (same) {
        return UD_OK;
    }
    char *remedy = ud_release_source_advice(release);
    enum ud_code rc = ud_fail(err, UD_ERR_SOURCE, remedy,
                              "the sources are of Linux %u.%u.%u, and the kernel %s is of %s",
                              is.major, is.minor, is.patch, release->text, release->upstream);
    free(remedy);
    return rc;
}
