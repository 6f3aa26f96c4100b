#include "platform/pipe.h"

#include <stdlib.h>

#include "pipe_parts.h"
#include "platform/thread.h"
#include "util/mem.h"

struct ud_pipe {
    char *path;
    unsigned busy_ms;
    SOCKET outer; /* the caller's end */
    SOCKET inner;
    HANDLE stop; /* signalled when the caller wants no more */
    struct ud_thread *thread;
    struct ud_mutex *lock; /* guards rc and error */
    enum ud_code rc;
    struct ud_error error;
    atomic_ullong in; /* bytes into the pipe */
    atomic_ullong out;
};

bool ud_pipe_supported(void)
{
    return true;
}

static void pipe_keep(struct ud_pipe *pipe, enum ud_code rc, const struct ud_error *why)
{
    ud_mutex_lock(pipe->lock);
    if (pipe->rc == UD_OK) {
        pipe->rc = rc;
        pipe->error = *why;
    }
    ud_mutex_unlock(pipe->lock);
}

struct pipe_bridge {
    struct ud_pipe *pipe;
    struct ud_flow up; /* to the pipe */
    struct ud_flow down;
};

static void keep_flow_errors(void *arg)
{
    const struct pipe_bridge *bridge = arg;
    const struct ud_flow *const flows[] = {&bridge->up, &bridge->down};
    for (size_t i = 0; i < 2; i++) {
        struct ud_error why = {0};
        if (flows[i]->error != ERROR_SUCCESS) {
            pipe_keep(bridge->pipe, ud_win_fail(&why, flows[i]->error, "the pipe broke"), &why);
        }
    }
}

static bool takes_messages(HANDLE handle)
{
    DWORD flags = 0;
    return GetNamedPipeInfo(handle, &flags, NULL, NULL, NULL) && (flags & PIPE_TYPE_MESSAGE) != 0;
}

/* A pipe handle of INVALID_HANDLE_VALUE stands for one that could not be opened:
 * what the caller sends is read and dropped until it has seen the end. */
static void pipe_carry(struct ud_pipe *pipe, HANDLE handle)
{
    const bool open = handle != INVALID_HANDLE_VALUE;
    struct pipe_bridge bridge = {
        .pipe = pipe,
        .up =
            {
                .pipe = handle,
                .socket = pipe->inner,
                .to_pipe = true,
                .messages = open && takes_messages(handle),
                .discard = !open,
                .total = &pipe->in,
            },
        .down = {.pipe = handle, .socket = pipe->inner, .total = &pipe->out},
    };
    struct ud_error why = {0};
    enum ud_code rc = ud_flow_start(&bridge.up, &why);
    if (rc == UD_OK) {
        rc = ud_flow_start(&bridge.down, &why); /* fails at once without a pipe */
    }
    if (rc == UD_OK) {
        ud_flow_carry(&bridge.up, &bridge.down, pipe->stop, keep_flow_errors, &bridge);
    } else {
        pipe_keep(pipe, rc, &why);
    }
    ud_flow_done(&bridge.up);
    ud_flow_done(&bridge.down);
}

static void pipe_run(void *arg)
{
    struct ud_pipe *pipe = arg;
    HANDLE handle = INVALID_HANDLE_VALUE;
    struct ud_error why = {0};
    enum ud_code rc = ud_win_pipe_connect(pipe->path, pipe->busy_ms, pipe->stop, &handle, &why);
    if (rc != UD_OK) {
        pipe_keep(pipe, rc, &why);
    }
    pipe_carry(pipe, handle);
    if (handle != INVALID_HANDLE_VALUE) {
        (void)CloseHandle(handle);
    }
    (void)closesocket(pipe->inner);
}

static struct ud_pipe *pipe_new(const char *path, unsigned busy_ms)
{
    struct ud_pipe *pipe = ud_alloc(1, sizeof *pipe);
    pipe->path = ud_strdup(path);
    pipe->busy_ms = busy_ms;
    pipe->outer = INVALID_SOCKET;
    pipe->inner = INVALID_SOCKET;
    pipe->lock = ud_mutex_new();
    return pipe;
}

/* All but the thread. */
static void pipe_release(struct ud_pipe *pipe)
{
    if (pipe->outer != INVALID_SOCKET) {
        (void)closesocket(pipe->outer);
    }
    if (pipe->stop != NULL) {
        (void)CloseHandle(pipe->stop);
    }
    ud_mutex_free(pipe->lock);
    free(pipe->path);
    free(pipe);
    (void)WSACleanup();
}

static enum ud_code pipe_begin(struct ud_pipe *pipe, struct ud_error *err)
{
    SOCKET pair[2];
    pipe->stop = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (pipe->stop == NULL) {
        return ud_win_fail(err, GetLastError(), "no event can be made");
    }
    UD_TRY(ud_win_socket_pair(pair, err));
    pipe->outer = pair[0];
    pipe->inner = pair[1];
    enum ud_code rc = ud_thread_start(pipe_run, pipe, &pipe->thread, err);
    if (rc != UD_OK) {
        (void)closesocket(pipe->inner);
    }
    return rc;
}

enum ud_code ud_pipe_open(const char *path, unsigned busy_ms, struct ud_pipe **ret,
                          uintptr_t *ret_socket, struct ud_error *err)
{
    WSADATA data;
    int error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0) {
        return ud_win_fail(err, (DWORD)error, "there are no sockets");
    }
    struct ud_pipe *pipe = pipe_new(path, busy_ms);
    enum ud_code rc = pipe_begin(pipe, err);
    if (rc != UD_OK) {
        pipe_release(pipe);
        return rc;
    }
    *ret = pipe;
    *ret_socket = pipe->outer;
    return UD_OK;
}

enum ud_code ud_pipe_check(struct ud_pipe *pipe, struct ud_error *err)
{
    ud_mutex_lock(pipe->lock);
    enum ud_code rc = pipe->rc;
    if (rc != UD_OK && err != NULL) {
        *err = pipe->error;
    }
    ud_mutex_unlock(pipe->lock);
    return rc;
}

void ud_pipe_count(struct ud_pipe *pipe, uint64_t *ret_in, uint64_t *ret_out)
{
    *ret_in = atomic_load(&pipe->in);
    *ret_out = atomic_load(&pipe->out);
}

void ud_pipe_free(struct ud_pipe *pipe)
{
    if (pipe == NULL) {
        return;
    }
    (void)SetEvent(pipe->stop);
    ud_thread_join(pipe->thread);
    pipe_release(pipe);
}
