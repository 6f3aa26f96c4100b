#include "pipe_server.h"

static bool finished(struct pipe_end *end, OVERLAPPED *overlapped, BOOL ok, DWORD *ret_n)
{
    const HANDLE events[] = {overlapped->hEvent, end->stop};
    if (!ok && GetLastError() != ERROR_IO_PENDING && GetLastError() != ERROR_MORE_DATA) {
        return false;
    }
    if (WaitForMultipleObjects(2, events, FALSE, INFINITE) != WAIT_OBJECT_0) {
        CancelIoEx(end->handle, overlapped);
        GetOverlappedResult(end->handle, overlapped, ret_n, TRUE);
        return false;
    }
    return GetOverlappedResult(end->handle, overlapped, ret_n, TRUE) ||
           GetLastError() == ERROR_MORE_DATA;
}

bool pipe_end_read(struct pipe_end *end, void *buf, size_t size, size_t *ret_n)
{
    OVERLAPPED overlapped = {.hEvent = end->read_event};
    DWORD n = 0;
    BOOL ok = ReadFile(end->handle, buf, (DWORD)size, NULL, &overlapped);
    if (!finished(end, &overlapped, ok, &n)) {
        return false;
    }
    *ret_n = n;
    return true;
}

static bool write_message(struct pipe_end *end, const void *data, size_t len)
{
    OVERLAPPED overlapped = {.hEvent = end->write_event};
    DWORD n = 0;
    BOOL ok = WriteFile(end->handle, data, (DWORD)len, NULL, &overlapped);
    return finished(end, &overlapped, ok, &n) && n == len;
}

bool pipe_end_write(struct pipe_end *end, const void *data, size_t len)
{
    return len == 0 || write_message(end, data, len);
}

bool pipe_end_finish(struct pipe_end *end)
{
    return write_message(end, "", 0);
}

void pipe_end_cut(struct pipe_end *end)
{
    DisconnectNamedPipe(end->handle);
}
