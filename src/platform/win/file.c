#include "platform/file.h"

#include <stdlib.h>

#include "util/mem.h"
#include "wide.h"

struct ud_file {
    HANDLE handle;
    char *path;
};

enum { IO_MAX = 1 << 30 };

static struct ud_file *file_new(HANDLE handle, const char *path)
{
    struct ud_file *file = ud_alloc(1, sizeof *file);
    file->handle = handle;
    file->path = ud_strdup(path);
    return file;
}

enum ud_code ud_file_open(const char *path, struct ud_file **ret, struct ud_error *err)
{
    wchar_t *wide = ud_win_path(path);
    const DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    HANDLE handle = CreateFileW(wide, GENERIC_READ, share, NULL, OPEN_EXISTING,
                                FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    DWORD error = GetLastError();
    DWORD attributes = GetFileAttributesW(wide);
    free(wide);
    if (handle != INVALID_HANDLE_VALUE) {
        *ret = file_new(handle, path);
        return UD_OK;
    }
    if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
        return ud_fail(err, UD_ERR_IO, NULL, "cannot open %s: it is a directory", path);
    }
    return ud_win_fail(err, error, "cannot open %s", path);
}

enum ud_code ud_file_create(const char *path, bool private_, struct ud_file **ret,
                            struct ud_error *err)
{
    (void)private_; /* a user's directories are not readable by others here */
    wchar_t *wide = ud_win_path(path);
    HANDLE handle = CreateFileW(wide, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                                CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD error = GetLastError();
    free(wide);
    if (handle == INVALID_HANDLE_VALUE && error == ERROR_FILE_EXISTS) {
        return ud_fail(err, UD_ERR_BUSY, NULL, "cannot create %s: it exists", path);
    }
    if (handle == INVALID_HANDLE_VALUE) {
        return ud_win_fail(err, error, "cannot create %s", path);
    }
    *ret = file_new(handle, path);
    return UD_OK;
}

enum ud_code ud_file_read(struct ud_file *file, void *buf, size_t len, size_t *ret_n,
                          struct ud_error *err)
{
    DWORD n = 0;
    if (!ReadFile(file->handle, buf, len < IO_MAX ? (DWORD)len : IO_MAX, &n, NULL)) {
        DWORD error = GetLastError();
        if (error != ERROR_BROKEN_PIPE && error != ERROR_HANDLE_EOF) {
            return ud_win_fail(err, error, "cannot read %s", file->path);
        }
        n = 0;
    }
    *ret_n = n;
    return UD_OK;
}

enum ud_code ud_file_write(struct ud_file *file, const void *data, size_t len, struct ud_error *err)
{
    const char *next = data;
    while (len > 0) {
        DWORD n = 0;
        BOOL ok = WriteFile(file->handle, next, len < IO_MAX ? (DWORD)len : IO_MAX, &n, NULL);
        if (!ok || n == 0) {
            return ud_win_fail(err, ok ? ERROR_WRITE_FAULT : GetLastError(), "cannot write %s",
                               file->path);
        }
        next += n;
        len -= n;
    }
    return UD_OK;
}

enum ud_code ud_file_size(struct ud_file *file, uint64_t *ret, struct ud_error *err)
{
    LARGE_INTEGER size;
    if (!GetFileSizeEx(file->handle, &size)) {
        return ud_win_fail(err, GetLastError(), "cannot look at %s", file->path);
    }
    *ret = (uint64_t)size.QuadPart;
    return UD_OK;
}

enum ud_code ud_file_rewind(struct ud_file *file, struct ud_error *err)
{
    const LARGE_INTEGER start = {.QuadPart = 0};
    if (!SetFilePointerEx(file->handle, start, NULL, FILE_BEGIN)) {
        return ud_win_fail(err, GetLastError(), "cannot go back in %s", file->path);
    }
    return UD_OK;
}

enum ud_code ud_file_close(struct ud_file *file, bool sync, struct ud_error *err)
{
    if (file == NULL) {
        return UD_OK;
    }
    DWORD error = ERROR_SUCCESS;
    if (sync && !FlushFileBuffers(file->handle)) {
        error = GetLastError();
    }
    if (!CloseHandle(file->handle) && error == ERROR_SUCCESS) {
        error = GetLastError();
    }
    enum ud_code rc = UD_OK;
    if (error != ERROR_SUCCESS) {
        rc = ud_win_fail(err, error, "cannot write %s", file->path);
    }
    free(file->path);
    free(file);
    return rc;
}

void ud_file_free(struct ud_file *file)
{
    (void)!ud_file_close(file, false, NULL);
}
