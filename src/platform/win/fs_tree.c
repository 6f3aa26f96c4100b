#include "platform/fs.h"

#include <stdlib.h>
#include <wchar.h>

#include "util/mem.h"
#include "wide.h"

enum { NAMES_MAX = 1000000 };

static bool is_dot(const wchar_t *name)
{
    return wcscmp(name, L".") == 0 || wcscmp(name, L"..") == 0;
}

static void fs_tree_add_name(struct ud_strv *names, const wchar_t *wide)
{
    char *name = ud_win_utf8(wide);
    ud_strv_add(names, name);
    free(name);
}

/* ERROR_SUCCESS, or why not all names were read. */
static DWORD read_names(const char *path, struct ud_strv *names)
{
    char *pattern = ud_fs_join(path, "*");
    wchar_t *wide = ud_win_path(pattern);
    free(pattern);
    WIN32_FIND_DATAW found;
    HANDLE find = FindFirstFileExW(wide, FindExInfoBasic, &found, FindExSearchNameMatch, NULL,
                                   FIND_FIRST_EX_LARGE_FETCH);
    free(wide);
    if (find == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    DWORD error = ERROR_SUCCESS;
    do {
        if (names->len >= NAMES_MAX) {
            error = ERROR_TOO_MANY_NAMES;
        } else if (!is_dot(found.cFileName)) {
            fs_tree_add_name(names, found.cFileName);
        }
    } while (error == ERROR_SUCCESS && FindNextFileW(find, &found));
    if (error == ERROR_SUCCESS && GetLastError() != ERROR_NO_MORE_FILES) {
        error = GetLastError();
    }
    (void)FindClose(find);
    return error;
}

enum ud_code ud_fs_list(const char *path, struct ud_strv *names, struct ud_error *err)
{
    struct ud_strv found = {0};
    DWORD error = read_names(path, &found);
    enum ud_code rc = UD_OK;
    if (error != ERROR_SUCCESS) {
        rc = ud_win_fail(err, error, "cannot list %s", path);
    } else {
        ud_strv_sort_unique(&found);
        for (size_t i = 0; i < found.len; i++) {
            ud_strv_add(names, found.items[i]);
        }
    }
    ud_strv_done(&found);
    return rc;
}

static void keep_first(DWORD *error, DWORD found)
{
    bool missing = found == ERROR_FILE_NOT_FOUND || found == ERROR_PATH_NOT_FOUND;
    if (*error == ERROR_SUCCESS && !missing) {
        *error = found;
    }
}

static void remove_at(const char *path, DWORD *error);

static void empty_dir(const char *path, DWORD *error)
{
    struct ud_strv names = {0};
    DWORD failed = read_names(path, &names);
    if (failed != ERROR_SUCCESS) {
        keep_first(error, failed);
    }
    for (size_t i = 0; i < names.len; i++) {
        char *child = ud_fs_join(path, names.items[i]);
        remove_at(child, error);
        free(child);
    }
    ud_strv_done(&names);
}

/* A link is removed itself, by the function for what it looks like. */
static void remove_at(const char *path, DWORD *error)
{
    wchar_t *wide = ud_win_path(path);
    DWORD attributes = GetFileAttributesW(wide);
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        keep_first(error, GetLastError());
        free(wide);
        return;
    }
    if ((attributes & FILE_ATTRIBUTE_READONLY) != 0) {
        (void)SetFileAttributesW(wide, attributes & ~(DWORD)FILE_ATTRIBUTE_READONLY);
    }
    BOOL ok;
    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
        if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0) {
            empty_dir(path, error);
        }
        ok = RemoveDirectoryW(wide);
    } else {
        ok = DeleteFileW(wide);
    }
    if (!ok) {
        keep_first(error, GetLastError());
    }
    free(wide);
}

enum ud_code ud_fs_remove_tree(const char *path, struct ud_error *err)
{
    DWORD error = ERROR_SUCCESS;
    remove_at(path, &error);
    return error == ERROR_SUCCESS ? UD_OK : ud_win_fail(err, error, "cannot remove %s", path);
}
