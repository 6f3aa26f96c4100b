#include "platform/lock_file.h"

#include <stdbool.h>
#include <stdlib.h>

#include "util/mem.h"
#include "wide.h"

struct ud_lock_file {
    HANDLE handle;
};

static HANDLE lock_file_open(const char *path, DWORD access, DWORD disposition)
{
    wchar_t *wide = ud_win_path(path);
    HANDLE handle =
        CreateFileW(wide, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                    disposition, FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD error = GetLastError();
    free(wide);
    SetLastError(error);
    return handle;
}

/* The first byte's lock stands for the file's. ERROR_SUCCESS if it was taken. */
static DWORD lock_file_lock(HANDLE handle, DWORD flags)
{
    OVERLAPPED start = {0};
    BOOL ok = LockFileEx(handle, flags | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &start);
    return ok ? ERROR_SUCCESS : GetLastError();
}

static bool lock_file_is_held(DWORD error)
{
    return error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING;
}

enum ud_code ud_lock_file_take(const char *path, struct ud_lock_file **ret, struct ud_error *err)
{
    HANDLE handle = lock_file_open(path, GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS);
    if (handle == INVALID_HANDLE_VALUE) {
        return ud_win_fail(err, GetLastError(), "cannot open %s", path);
    }
    DWORD error = lock_file_lock(handle, LOCKFILE_EXCLUSIVE_LOCK);
    if (error != ERROR_SUCCESS) {
        (void)CloseHandle(handle);
        return lock_file_is_held(error) ? ud_fail(err, UD_ERR_BUSY, NULL, "%s is locked", path)
                                        : ud_win_fail(err, error, "cannot lock %s", path);
    }
    *ret = ud_alloc(1, sizeof **ret);
    (*ret)->handle = handle;
    return UD_OK;
}

void ud_lock_file_free(struct ud_lock_file *lock)
{
    if (lock != NULL) {
        (void)CloseHandle(lock->handle);
        free(lock);
    }
}

enum ud_lock_state ud_lock_file_state(const char *path)
{
    HANDLE handle = lock_file_open(path, GENERIC_READ, OPEN_EXISTING);
    if (handle == INVALID_HANDLE_VALUE) {
        return UD_LOCK_UNKNOWN;
    }
    DWORD error = lock_file_lock(handle, 0);
    (void)CloseHandle(handle);
    if (error == ERROR_SUCCESS) {
        return UD_LOCK_FREE;
    }
    return lock_file_is_held(error) ? UD_LOCK_HELD : UD_LOCK_UNKNOWN;
}
