#include "drivers/paths.h"

#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "util/mem.h"

char *ud_path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');
    return ud_strndup(path, slash != NULL ? (size_t)(slash - path) : 0);
}

/* Takes the last part away. */
static void paths_up(char *path, size_t *len)
{
    while (*len > 0 && path[*len - 1] != '/') {
        --*len;
    }
    *len -= *len > 0;
    path[*len] = '\0';
}

char *ud_path_join(const char *dir, struct ud_slice path)
{
    struct ud_slice part;
    size_t len = strlen(dir);
    char *result = ud_alloc(len + path.len + 2, 1);
    memcpy(result, dir, len);
    while (ud_scan_field(&path, '/', &part)) {
        if (ud_slice_equals(part, "..")) {
            paths_up(result, &len);
        } else if (part.len > 0 && !ud_slice_equals(part, ".")) {
            if (len > 0) {
                result[len++] = '/';
            }
            memcpy(result + len, part.ptr, part.len);
            len += part.len;
            result[len] = '\0';
        }
    }
    return result;
}
