#include "platform/fs.h"

#include <stdlib.h>
#include <string.h>

#include "fs_sys.h"
#include "platform/host.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

char *ud_fs_join(const char *dir, const char *name)
{
    size_t len = strlen(dir);
    if (len == 0) {
        return ud_strdup(name);
    }
    const char *separator = ud_fs_sys_is_separator(dir[len - 1]) ? "" : ud_fs_sys_separator();
    return ud_strf("%s%s%s", dir, separator, name);
}

/* Where the last component begins. */
static size_t base_start(const char *path)
{
    size_t end = strlen(path);
    while (end > 1 && ud_fs_sys_is_separator(path[end - 1])) {
        end--;
    }
    while (end > 0 && !ud_fs_sys_is_separator(path[end - 1])) {
        end--;
    }
    return end;
}

char *ud_fs_dirname(const char *path)
{
    size_t root = ud_fs_sys_root_len(path);
    size_t end = base_start(path);
    while (end > root && ud_fs_sys_is_separator(path[end - 1])) {
        end--;
    }
    if (end < root) {
        end = root;
    }
    return end > 0 ? ud_strndup(path, end) : ud_strdup(".");
}

/* What ends the name of a temporary file: a dot, so many hex digits, and this. */
enum { TEMP_HEX = 16 };
#define TEMP_ENDING ".tmp"

char *ud_fs_temp_sibling(const char *path)
{
    enum { BASE_KEPT = 100 }; /* names are limited to 255 bytes */
    unsigned char random[TEMP_HEX / 2];
    char hex[sizeof random * 2 + 1];
    ud_host_random(random, sizeof random);
    ud_str_hex(random, sizeof random, hex);

    size_t start = base_start(path);
    char *dir = ud_strndup(path, start);
    char *base = ud_strndup(path + start, BASE_KEPT);
    size_t len = strcspn(base, ud_fs_sys_separators());
    if (len == BASE_KEPT) {
        while (len > 0 && ((unsigned char)base[len] & 0xc0) == 0x80) {
            len--; /* not within a character */
        }
    }
    char *sibling = ud_strf("%s.%.*s.%s" TEMP_ENDING, dir, (int)len, base, hex);
    free(base);
    free(dir);
    return sibling;
}

bool ud_fs_is_temp_name(const char *name, const char *of)
{
    const size_t tail = 1 + TEMP_HEX + strlen(TEMP_ENDING); /* ".0123456789abcdef.tmp" */
    const size_t len = strlen(name);
    if (len <= tail + 1 || name[0] != '.' || !ud_str_ends(name, TEMP_ENDING)) {
        return false;
    }
    const char *dot = name + len - tail;
    if (dot[0] != '.' || strspn(dot + 1, "0123456789abcdef") != TEMP_HEX) {
        return false;
    }
    const size_t base = (size_t)(dot - name) - 1;
    return of == NULL || (base == strlen(of) && strncmp(name + 1, of, base) == 0);
}

bool ud_fs_temp_is_left(const struct ud_fs_info *info)
{
    const int64_t age = ud_host_wall_time() - info->mtime;
    return age >= UD_PATIENCE_UNFINISHED_S ||
           age <= -UD_PATIENCE_UNFINISHED_S; /* the clock may have been set back since */
}
