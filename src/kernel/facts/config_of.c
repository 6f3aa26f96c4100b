#include "kernel/facts/config_of.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/scan.h"

enum { HEADING_LINES = 8 };

struct config_version {
    unsigned major;
    unsigned minor;
    unsigned patch;
};

static bool config_of_read_version(const char *text, struct config_version *ret)
{
    ret->patch = 0;
    return sscanf(text, "%9u.%9u.%9u", &ret->major, &ret->minor, &ret->patch) >= 2;
}

/* The heading's version, if one of the first lines has it. */
static bool config_of_heading(const char *text, size_t len, struct config_version *ret)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    for (int i = 0; i < HEADING_LINES && ud_str_next_line(&rest, &line); i++) {
        char copy[128];
        if (ud_slice_starts(line, "# Linux/") && ud_slice_has(line, " Kernel Configuration") &&
            line.len < sizeof copy) {
            ud_slice_copy(line, copy, sizeof copy);
            const char *blank = strchr(copy + strlen("# Linux/"), ' ');
            return blank != NULL && config_of_read_version(blank + 1, ret);
        }
    }
    return false;
}

static enum ud_code config_of_check_version(const struct ud_release *release, const char *text,
                                            size_t len, struct ud_error *err)
{
    struct config_version is;
    struct config_version wanted;
    if (!config_of_heading(text, len, &is) || !config_of_read_version(release->upstream, &wanted)) {
        return UD_OK;
    }
    if (is.major == wanted.major && is.minor == wanted.minor &&
        (is.patch == wanted.patch || !ud_release_names_sublevel(release))) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_FACTS, NULL, "it is of Linux %u.%u.%u, and the kernel %s is of %s",
                   is.major, is.minor, is.patch, release->text, release->upstream);
}

static enum ud_code config_of_check_name(const struct ud_release *release,
                                         const struct ud_config *config, struct ud_error *err)
{
    char *local = ud_config_string(config, "LOCALVERSION");
    enum ud_code rc = UD_OK;
    if (local != NULL && strstr(release->text, local) == NULL) {
        rc = ud_fail(err, UD_ERR_FACTS, NULL,
                     "its CONFIG_LOCALVERSION is \"%.64s\", and the kernel is called %s", local,
                     release->text);
    }
    free(local);
    return rc;
}

static enum ud_code config_of_check_compiler(const struct ud_release *release, const char *banner,
                                             const struct ud_config *config, struct ud_error *err)
{
    const bool repeated = release->major > 5 || (release->major == 5 && release->minor >= 8);
    char *compiler = ud_config_string(config, "CC_VERSION_TEXT");
    enum ud_code rc = UD_OK;
    if (repeated && banner != NULL && compiler != NULL && strstr(banner, compiler) == NULL) {
        rc = ud_fail(err, UD_ERR_FACTS, NULL,
                     "it is of a kernel by %.100s, and the running one is by another compiler",
                     compiler);
    }
    free(compiler);
    return rc;
}

enum ud_code ud_config_check_of_kernel(const struct ud_release *release, const char *banner,
                                       const struct ud_config *config, const char *text, size_t len,
                                       struct ud_error *err)
{
    UD_TRY(config_of_check_version(release, text, len, err));
    UD_TRY(config_of_check_name(release, config, err));
    return config_of_check_compiler(release, banner, config, err);
}

static const char *config_of_find(const char *from, const char *end, const char *mark)
{
    const size_t len = strlen(mark);
    for (const char *at = from; (size_t)(end - at) >= len; at++) {
        if (memcmp(at, mark, len) == 0) {
            return at;
        }
    }
    return NULL;
}

bool ud_config_find_packed(const void *data, size_t len, struct ud_slice *ret)
{
    static const char begin[] = "IKCFG_ST\x1f\x8b\x08";
    const char *bytes = data;
    const char *end = bytes + len;
    const char *start = len > 0 ? config_of_find(bytes, end, begin) : NULL;
    if (start == NULL) {
        return false;
    }
    start += strlen("IKCFG_ST");
    const char *stop = config_of_find(start, end, "IKCFG_ED");
    if (stop == NULL) {
        return false;
    }
    *ret = (struct ud_slice){start, (size_t)(stop - start)};
    return true;
}
