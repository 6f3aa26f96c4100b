#include "bytes/path.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static bool is_component(const char *part, size_t len, const char *text)
{
    return len == strlen(text) && memcmp(part, text, len) == 0;
}

enum ud_path_verdict ud_path_clean(const char *raw, char **ret)
{
    if (raw[0] == '/') {
        return UD_PATH_ABSOLUTE;
    }
    char *clean = ud_alloc(strlen(raw) + 1, 1);
    size_t used = 0;
    for (const char *part = raw; *part != '\0';) {
        size_t len = strcspn(part, "/");
        if (is_component(part, len, "..")) {
            free(clean);
            return UD_PATH_UP;
        }
        if (len > 0 && !is_component(part, len, ".")) {
            if (used > 0) {
                clean[used++] = '/';
            }
            memcpy(clean + used, part, len);
            used += len;
        }
        part += len + (part[len] == '/' ? 1 : 0);
    }
    clean[used] = '\0';
    *ret = clean;
    return UD_PATH_OK;
}

const char *ud_path_verdict_text(enum ud_path_verdict verdict)
{
    switch (verdict) {
    case UD_PATH_ABSOLUTE:
        return "with an absolute path";
    case UD_PATH_UP:
        return "that leads out of it";
    default:
        return "";
    }
}

bool ud_path_is_ascii(const char *path)
{
    for (const char *p = path; *p != '\0'; p++) {
        if (*p < ' ' || *p > '~') {
            return false;
        }
    }
    return path[0] != '\0';
}

static size_t count_slashes(const char *path)
{
    size_t n = 0;
    for (const char *p = path; *p != '\0'; p++) {
        n += *p == '/' ? 1 : 0;
    }
    return n;
}

bool ud_path_link_stays(const char *path, const char *target)
{
    if (target[0] == '/' || target[0] == '\0') {
        return false;
    }
    size_t depth = count_slashes(path);
    for (const char *part = target; *part != '\0';) {
        size_t len = strcspn(part, "/");
        if (is_component(part, len, "..")) {
            if (depth == 0) {
                return false;
            }
            depth--;
        } else if (len > 0 && !is_component(part, len, ".")) {
            depth++;
        }
        part += len + (part[len] == '/' ? 1 : 0);
    }
    return true;
}
