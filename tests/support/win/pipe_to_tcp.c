#include "pipe_to_tcp.h"

enum { PIECE = 64 * 1024 };

struct passage {
    struct pipe_to_tcp *relay;
    struct pipe_end *end;
    SOCKET tcp;
    LONG64 sent; /* to this client */
};

static SOCKET connect_to(unsigned short port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    if (s != INVALID_SOCKET && connect(s, (struct sockaddr *)&address, sizeof address) != 0) {
        closesocket(s);
        return INVALID_SOCKET;
    }
    return s;
}

static bool send_all(SOCKET s, const char *data, size_t len)
{
    while (len > 0) {
        int n = send(s, data, (int)len, 0);
        if (n <= 0) {
            return false;
        }
        data += n;
        len -= (size_t)n;
    }
    return true;
}

static DWORD WINAPI pass_up(void *arg)
{
    struct passage *p = arg;
    char buf[PIECE];
    size_t n = 0;
    while (pipe_end_read(p->end, buf, sizeof buf, &n) && n > 0) {
        InterlockedExchangeAdd64(&p->relay->from_client, (LONG64)n);
        if (!send_all(p->tcp, buf, n)) {
            return 0;
        }
        n = 0;
    }
    shutdown(p->tcp, n == 0 ? SD_SEND : SD_BOTH);
    return 0;
}

/* False when this client gets no more. */
static bool give(struct passage *p, const char *data, size_t len)
{
    const size_t piece = p->relay->piece != 0 ? p->relay->piece : len;
    for (size_t at = 0; at < len; at += piece) {
        size_t part = len - at < piece ? len - at : piece;
        if (p->relay->stall_after != 0 && p->sent + (LONG64)part > p->relay->stall_after) {
            WaitForSingleObject(p->end->stop, INFINITE);
            return false;
        }
        if (p->relay->cut_after != 0 && p->sent + (LONG64)part > p->relay->cut_after) {
            part = (size_t)(p->relay->cut_after - p->sent);
        }
        if (!pipe_end_write(p->end, data + at, part)) {
            return false;
        }
        p->sent += (LONG64)part;
        InterlockedExchangeAdd64(&p->relay->to_client, (LONG64)part);
        if (p->relay->cut_after != 0 && p->sent >= p->relay->cut_after) {
            FlushFileBuffers(p->end->handle); /* else what was written would be lost too */
            pipe_end_cut(p->end);
            return false;
        }
    }
    return true;
}

/* Whether it came to the end of what the engine says; the client may go on. */
static bool pass_down(struct passage *p)
{
    char buf[PIECE];
    for (;;) {
        int n = recv(p->tcp, buf, sizeof buf, 0);
        if (n == 0) {
            return pipe_end_finish(p->end);
        }
        if (n < 0 || !give(p, buf, (size_t)n)) {
            return false;
        }
    }
}

static void pass_both(struct passage *p)
{
    HANDLE up = CreateThread(NULL, 0, pass_up, p, 0, NULL);
    if (!pass_down(p)) {
        shutdown(p->tcp, SD_BOTH);
        pipe_end_cut(p->end);
    }
    WaitForSingleObject(up, INFINITE);
    CloseHandle(up);
}

void pipe_to_tcp_serve(void *ctx, struct pipe_end *end)
{
    struct passage p = {.relay = ctx, .end = end};
    InterlockedIncrement(&p.relay->active);
    InterlockedIncrement(&p.relay->connections);
    p.tcp = connect_to(p.relay->port);
    if (p.tcp != INVALID_SOCKET) {
        pass_both(&p);
        closesocket(p.tcp);
    }
    InterlockedDecrement(&p.relay->active);
}
