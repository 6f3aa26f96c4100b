#include "platform/fs.h"

#include <stdlib.h>
#include <string.h>

#include "fs_sys.h"
#include "util/mem.h"
#include "wide.h"

/* 100 ns since 1601 to seconds since 1970. */
static int64_t unix_time(FILETIME time)
{
    const int64_t ticks_per_second = 10000000;
    const int64_t epoch = 11644473600;
    uint64_t ticks = ((uint64_t)time.dwHighDateTime << 32) | time.dwLowDateTime;
    return (int64_t)(ticks / (uint64_t)ticks_per_second) - epoch;
}

/* Reparse points that stand for another name are links; those of OneDrive,
 * deduplication and the like are ordinary files and directories. */
static bool is_name_surrogate(const wchar_t *path)
{
    WIN32_FIND_DATAW found;
    HANDLE find = FindFirstFileW(path, &found);
    if (find == INVALID_HANDLE_VALUE) {
        return true;
    }
    (void)FindClose(find);
    return IsReparseTagNameSurrogate(found.dwReserved0) != 0;
}

static enum ud_fs_kind kind_of(const wchar_t *path, DWORD attributes)
{
    if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && is_name_surrogate(path)) {
        return UD_FS_LINK;
    }
    if ((attributes & FILE_ATTRIBUTE_DEVICE) != 0) {
        return UD_FS_OTHER;
    }
    return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? UD_FS_DIR : UD_FS_FILE;
}

/* What a link leads to. */
static enum ud_fs_kind target_kind(const wchar_t *path)
{
    HANDLE handle = CreateFileW(path, FILE_READ_ATTRIBUTES,
                                FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    BY_HANDLE_FILE_INFORMATION info;
    enum ud_fs_kind kind = UD_FS_NONE;
    if (handle != INVALID_HANDLE_VALUE) {
        if (GetFileInformationByHandle(handle, &info)) {
            bool dir = (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
            kind = dir ? UD_FS_DIR : UD_FS_FILE;
        } else {
            kind = UD_FS_OTHER;
        }
        (void)CloseHandle(handle);
    }
    return kind;
}

enum ud_fs_kind ud_fs_kind(const char *path)
{
    wchar_t *wide = ud_win_path(path);
    DWORD attributes = GetFileAttributesW(wide);
    enum ud_fs_kind kind = UD_FS_NONE;
    if (attributes != INVALID_FILE_ATTRIBUTES) {
        kind = kind_of(wide, attributes);
        kind = kind == UD_FS_LINK ? target_kind(wide) : kind;
    }
    free(wide);
    return kind;
}

static bool is_missing(DWORD error)
{
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
}

enum ud_code ud_fs_info(const char *path, struct ud_fs_info *ret, struct ud_error *err)
{
    wchar_t *wide = ud_win_path(path);
    WIN32_FILE_ATTRIBUTE_DATA data;
    enum ud_code rc = UD_OK;
    if (GetFileAttributesExW(wide, GetFileExInfoStandard, &data)) {
        enum ud_fs_kind kind = kind_of(wide, data.dwFileAttributes);
        uint64_t size = ((uint64_t)data.nFileSizeHigh << 32) | data.nFileSizeLow;
        *ret = (struct ud_fs_info){
            .kind = kind,
            .size = kind == UD_FS_FILE ? size : 0,
            .mtime = unix_time(data.ftLastWriteTime),
        };
    } else if (is_missing(GetLastError())) {
        *ret = (struct ud_fs_info){.kind = UD_FS_NONE};
    } else {
        rc = ud_win_fail(err, GetLastError(), "cannot look at %s", path);
    }
    free(wide);
    return rc;
}

enum ud_code ud_fs_sys_mkdir(const char *path, struct ud_error *err)
{
    wchar_t *wide = ud_win_path(path);
    DWORD error = CreateDirectoryW(wide, NULL) ? ERROR_SUCCESS : GetLastError();
    free(wide);
    if (error == ERROR_SUCCESS ||
        (error == ERROR_ALREADY_EXISTS && ud_fs_kind(path) == UD_FS_DIR)) {
        return UD_OK;
    }
    return ud_win_fail(err, error, "cannot create the directory %s", path);
}

/* NTFS writes its journal itself, and MOVEFILE_WRITE_THROUGH was asked for. */
void ud_fs_sys_sync_dir_of(const char *path)
{
    (void)path;
}

enum ud_code ud_fs_sys_unlink(const char *path, struct ud_error *err)
{
    wchar_t *wide = ud_win_path(path);
    DWORD error = DeleteFileW(wide) ? ERROR_SUCCESS : GetLastError();
    free(wide);
    if (error == ERROR_SUCCESS || is_missing(error)) {
        return UD_OK;
    }
    return ud_win_fail(err, error, "cannot remove %s", path);
}

enum ud_code ud_fs_free_bytes(const char *path, uint64_t *ret, struct ud_error *err)
{
    wchar_t *wide = ud_win_path(path);
    ULARGE_INTEGER available;
    BOOL ok = GetDiskFreeSpaceExW(wide, &available, NULL, NULL);
    DWORD error = ok ? ERROR_SUCCESS : GetLastError();
    free(wide);
    if (ok) {
        *ret = available.QuadPart;
        return UD_OK;
    }
    char *parent = ud_fs_dirname(path);
    enum ud_code rc = UD_OK;
    if (strcmp(parent, path) != 0) {
        rc = ud_fs_free_bytes(parent, ret, err);
    } else {
        rc = ud_win_fail(err, error, "cannot ask for the free space of %s", path);
    }
    free(parent);
    return rc;
}
