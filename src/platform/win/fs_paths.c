#include "fs_sys.h"

#include <string.h>

#include "platform/fs.h"
#include "util/str.h"

bool ud_fs_sys_is_separator(char c)
{
    return c == '/' || c == '\\';
}

const char *ud_fs_sys_separator(void)
{
    return "\\";
}

const char *ud_fs_sys_separators(void)
{
    return "/\\";
}

static size_t component_len(const char *path)
{
    return strcspn(path, ud_fs_sys_separators());
}

/* "server\share\" after the two separators. */
static size_t share_len(const char *path)
{
    size_t len = 0;
    for (int i = 0; i < 2; i++) {
        len += component_len(path + len);
        if (path[len] != '\0') {
            len++;
        }
    }
    return len;
}

static bool is_drive(const char *path)
{
    char c = path[0];
    return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && path[1] == ':';
}

static size_t drive_len(const char *path)
{
    return path[2] != '\0' && ud_fs_sys_is_separator(path[2]) ? 3 : 2;
}

size_t ud_fs_sys_root_len(const char *path)
{
    if (ud_str_starts(path, "\\\\?\\UNC\\")) {
        return 8 + share_len(path + 8);
    }
    if (ud_str_starts(path, "\\\\?\\") && is_drive(path + 4)) {
        return 4 + drive_len(path + 4);
    }
    if (ud_fs_sys_is_separator(path[0]) && ud_fs_sys_is_separator(path[1])) {
        return 2 + share_len(path + 2);
    }
    if (is_drive(path)) {
        return drive_len(path);
    }
    return ud_fs_sys_is_separator(path[0]) ? 1 : 0;
}

/* "\x" depends on the current drive and "C:x" on its current directory. */
bool ud_fs_is_absolute(const char *path)
{
    if (ud_fs_sys_is_separator(path[0])) {
        return ud_fs_sys_is_separator(path[1]);
    }
    return is_drive(path) && drive_len(path) == 3;
}
