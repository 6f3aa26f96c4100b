#include "pipe_parts.h"

#include <stdlib.h>

#include "util/mem.h"

enum { PIECE = 64 * 1024 }; /* also what dockerd gives its pipes as buffer */

static DWORD read_pipe(struct ud_flow *flow)
{
    return ReadFile(flow->pipe, flow->data, PIECE, NULL, &flow->overlapped) ? ERROR_SUCCESS
                                                                            : GetLastError();
}

static DWORD write_pipe(struct ud_flow *flow)
{
    return WriteFile(flow->pipe, flow->data + flow->written, flow->len - flow->written, NULL,
                     &flow->overlapped)
               ? ERROR_SUCCESS
               : GetLastError();
}

static DWORD read_socket(struct ud_flow *flow)
{
    WSABUF buf = {.buf = flow->data, .len = PIECE};
    DWORD flags = 0;
    return WSARecv(flow->socket, &buf, 1, NULL, &flags, &flow->overlapped, NULL) == 0
               ? ERROR_SUCCESS
               : (DWORD)WSAGetLastError();
}

static DWORD write_socket(struct ud_flow *flow)
{
    WSABUF buf = {.buf = flow->data + flow->written, .len = flow->len - flow->written};
    return WSASend(flow->socket, &buf, 1, NULL, 0, &flow->overlapped, NULL) == 0
               ? ERROR_SUCCESS
               : (DWORD)WSAGetLastError();
}

static void pipe_flow_over(struct ud_flow *flow, DWORD error)
{
    flow->state = UD_FLOW_OVER;
    flow->error = error;
    (void)ResetEvent(flow->overlapped.hEvent);
}

/* Of a pipe's reader: the other side is gone, which is how most answers end. Of
 * the writer: the reason is of no use, and the reader will see the end. */
static bool is_hang_up(DWORD error)
{
    return error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA ||
           error == ERROR_PIPE_NOT_CONNECTED || error == ERROR_NETNAME_DELETED ||
           error == WSAECONNRESET || error == WSAECONNABORTED || error == WSAESHUTDOWN;
}

static void pipe_flow_failed(struct ud_flow *flow, DWORD error)
{
    flow->broken = true;
    if (!flow->to_pipe) {
        (void)shutdown(flow->socket, SD_SEND);
    }
    pipe_flow_over(flow, is_hang_up(error) ? ERROR_SUCCESS : error);
}

static void pipe_flow_begin(struct ud_flow *flow)
{
    DWORD error = ERROR_SUCCESS;
    const HANDLE event = flow->overlapped.hEvent;
    flow->overlapped = (OVERLAPPED){.hEvent = event};
    if (flow->state == UD_FLOW_READING) {
        error = flow->to_pipe ? read_socket(flow) : read_pipe(flow);
    } else {
        error = flow->to_pipe ? write_pipe(flow) : write_socket(flow);
    }
    /* The event is signalled also for what was done at once. */
    if (error != ERROR_SUCCESS && error != ERROR_IO_PENDING && error != ERROR_MORE_DATA) {
        pipe_flow_failed(flow, error);
    }
}

/* Whoever read sees the end of what there is to read. */
static void pass_on_end(struct ud_flow *flow)
{
    if (!flow->to_pipe) {
        (void)shutdown(flow->socket, SD_SEND);
        pipe_flow_over(flow, ERROR_SUCCESS);
    } else if (!flow->messages || flow->discard) {
        pipe_flow_over(flow, ERROR_SUCCESS); /* nothing says it but closing the pipe */
    } else {
        flow->state = UD_FLOW_ENDING;
        flow->len = 0;
        flow->written = 0;
        pipe_flow_begin(flow);
    }
}

static void pipe_flow_took(struct ud_flow *flow, DWORD n)
{
    if (flow->state == UD_FLOW_ENDING) {
        pipe_flow_over(flow, ERROR_SUCCESS);
        return;
    }
    if (flow->state == UD_FLOW_READING && n == 0) {
        pass_on_end(flow);
        return;
    }
    if (flow->total != NULL && flow->to_pipe == (flow->state == UD_FLOW_WRITING)) {
        (void)atomic_fetch_add(flow->total, n);
    }
    if (flow->state == UD_FLOW_READING) {
        flow->len = n;
        flow->written = 0;
        flow->state = UD_FLOW_WRITING;
    } else {
        flow->written += n;
    }
    if (flow->written == flow->len || flow->discard) {
        flow->state = UD_FLOW_READING;
    }
    pipe_flow_begin(flow);
}

static bool pipe_flow_result(struct ud_flow *flow, bool wait, DWORD *ret_n)
{
    bool on_socket = flow->to_pipe == (flow->state == UD_FLOW_READING);
    DWORD flags = 0;
    if (on_socket) {
        return WSAGetOverlappedResult(flow->socket, &flow->overlapped, ret_n, wait, &flags) != 0;
    }
    /* A message longer than the buffer: the rest comes next. */
    return GetOverlappedResult(flow->pipe, &flow->overlapped, ret_n, wait) != 0 ||
           GetLastError() == ERROR_MORE_DATA;
}

enum ud_code ud_flow_start(struct ud_flow *flow, struct ud_error *err)
{
    flow->state = UD_FLOW_OVER;
    flow->overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (flow->overlapped.hEvent == NULL) {
        return ud_win_fail(err, GetLastError(), "no event can be made");
    }
    flow->data = ud_alloc(PIECE, 1);
    flow->state = UD_FLOW_READING;
    pipe_flow_begin(flow);
    return UD_OK;
}

void ud_flow_step(struct ud_flow *flow)
{
    DWORD n = 0;
    if (flow->state == UD_FLOW_OVER) {
        return;
    }
    if (pipe_flow_result(flow, false, &n)) {
        pipe_flow_took(flow, n);
        return;
    }
    DWORD error = GetLastError();
    if (error != ERROR_IO_INCOMPLETE && error != WSA_IO_INCOMPLETE) {
        pipe_flow_failed(flow, error);
    }
}

static void call_off(struct ud_flow *flow)
{
    bool on_socket = flow->to_pipe == (flow->state == UD_FLOW_READING);
    DWORD n = 0;
    /* The buffer is the system's until the result is there. */
    if (CancelIoEx(on_socket ? (HANDLE)flow->socket : flow->pipe, &flow->overlapped) ||
        GetLastError() != ERROR_NOT_FOUND) {
        (void)pipe_flow_result(flow, true, &n);
    }
}

void ud_flow_discard(struct ud_flow *flow)
{
    flow->discard = true;
    if (flow->state == UD_FLOW_WRITING || flow->state == UD_FLOW_ENDING) {
        call_off(flow);
        flow->state = UD_FLOW_OVER;
    }
    if (flow->state == UD_FLOW_OVER && flow->data != NULL) {
        flow->state = UD_FLOW_READING;
        pipe_flow_begin(flow);
    }
}

void ud_flow_done(struct ud_flow *flow)
{
    if (flow->state != UD_FLOW_OVER && flow->data != NULL) {
        call_off(flow);
    }
    if (flow->overlapped.hEvent != NULL) {
        (void)CloseHandle(flow->overlapped.hEvent);
    }
    free(flow->data);
    *flow = (struct ud_flow){.state = UD_FLOW_OVER};
}

void ud_flow_carry(struct ud_flow *up, struct ud_flow *down, HANDLE stop,
                   void (*after_step)(void *arg), void *arg)
{
    const HANDLE events[] = {stop, up->overlapped.hEvent, down->overlapped.hEvent};
    while (up->state != UD_FLOW_OVER || down->state != UD_FLOW_OVER) {
        const DWORD which = WaitForMultipleObjects(3, events, FALSE, INFINITE);
        if (which == WAIT_OBJECT_0 + 1) {
            ud_flow_step(up);
        } else if (which == WAIT_OBJECT_0 + 2) {
            ud_flow_step(down);
        } else {
            return;
        }
        after_step(arg);
        if ((up->broken || down->broken) && !up->discard) {
            ud_flow_discard(up);
        }
    }
}
