#include "platform/fs.h"

#include <stdlib.h>

#include "util/patience.h"
#include "wide.h"

/* Virus scanners and indexers hold new files for moments: try for a while. */
static bool is_passing(DWORD error)
{
    return error == ERROR_SHARING_VIOLATION || error == ERROR_ACCESS_DENIED ||
           error == ERROR_LOCK_VIOLATION;
}

static DWORD move_patiently(const wchar_t *from, const wchar_t *to)
{
    enum { TRIES = 8 };
    DWORD error = ERROR_SUCCESS;
    DWORD wait = UD_PATIENCE_RENAME_FIRST_MS;
    for (int i = 0; i < TRIES; i++) {
        if (MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
            return ERROR_SUCCESS;
        }
        error = GetLastError();
        if (!is_passing(error)) {
            return error;
        }
        Sleep(wait);
        wait *= 2;
    }
    return error;
}

enum ud_code ud_fs_rename(const char *from, const char *to, struct ud_error *err)
{
    wchar_t *wide_from = ud_win_path(from);
    wchar_t *wide_to = ud_win_path(to);
    DWORD error = move_patiently(wide_from, wide_to);
    free(wide_from);
    free(wide_to);
    if (error != ERROR_SUCCESS) {
        return ud_win_fail(err, error, "cannot rename %s to %s", from, to);
    }
    return UD_OK;
}

enum ud_code ud_fs_replace_dir(const char *from, const char *to, struct ud_error *err)
{
    struct ud_fs_info info;
    UD_TRY(ud_fs_info(to, &info, err));
    if (info.kind == UD_FS_NONE) {
        return ud_fs_rename(from, to, err);
    }
    if (info.kind != UD_FS_DIR) {
        return ud_fail(err, UD_ERR_IO, NULL, "cannot put %s in place of %s: it is not a directory",
                       from, to);
    }
    char *old = ud_fs_temp_sibling(to);
    enum ud_code rc = ud_fs_rename(to, old, err);
    if (rc == UD_OK) {
        rc = ud_fs_rename(from, to, err);
        if (rc != UD_OK) {
            (void)!ud_fs_rename(old, to, NULL);
        } else {
            (void)!ud_fs_remove_tree(old, NULL);
        }
    }
    free(old);
    return rc;
}
