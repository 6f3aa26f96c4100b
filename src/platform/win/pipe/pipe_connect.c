#include "pipe_parts.h"

#include <stdlib.h>

#include "platform/host.h"
#include "util/patience.h"

/* The other side may learn who we are and no more: not act in our name. */
static HANDLE try_open(const wchar_t *path)
{
    return CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
}

static enum ud_code open_failed(DWORD error, unsigned busy_ms, struct ud_error *err)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "there is no such pipe");
    case ERROR_ACCESS_DENIED:
        return ud_fail(err, UD_ERR_DENIED,
                       "Have an administrator add you to the group docker-users (net localgroup "
                       "docker-users NAME /add), then log in again.",
                       "access is denied: the pipe is for the group docker-users and "
                       "administrators");
    case ERROR_PIPE_BUSY:
        return ud_fail(err, UD_ERR_BUSY, "Try again; if it stays so, restart the engine.",
                       "all instances of the pipe were busy for %u.%u s", busy_ms / 1000,
                       busy_ms % 1000 / 100);
    default:
        return ud_win_fail(err, error, "the pipe cannot be opened");
    }
}

/* WaitNamedPipe would only add a race, and cannot be called off. */
enum ud_code ud_win_pipe_connect(const char *path, unsigned busy_ms, HANDLE stop, HANDLE *ret,
                                 struct ud_error *err)
{
    wchar_t *wide = ud_win_path(path);
    const uint64_t begin = ud_host_now_ms();
    HANDLE pipe = try_open(wide);
    DWORD error = pipe == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
    while (error == ERROR_PIPE_BUSY && ud_host_now_ms() - begin < busy_ms) {
        if (WaitForSingleObject(stop, UD_PATIENCE_PIPE_AGAIN_MS) == WAIT_OBJECT_0) {
            free(wide);
            return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted");
        }
        pipe = try_open(wide);
        error = pipe == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
    }
    free(wide);
    if (error != ERROR_SUCCESS) {
        return open_failed(error, busy_ms, err);
    }
    enum ud_code rc = ud_win_pipe_check_owner(pipe, err);
    if (rc != UD_OK) {
        (void)CloseHandle(pipe);
        return rc;
    }
    *ret = pipe;
    return UD_OK;
}
