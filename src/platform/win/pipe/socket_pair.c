/* Windows has no socketpair: a listener on the loopback device that exists for
 * this one connection. Other programs of this machine can reach it meanwhile,
 * so the accepted connection has to be ours by address and by a secret. */
#include "pipe_parts.h"

#include <string.h>

#include "platform/host.h"
#include "util/patience.h"

enum { TRIES = 3, STRANGERS_MAX = 8, NONCE = 32 };

static SOCKET new_socket(void)
{
    return WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0,
                      WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

static void close_socket(SOCKET *s)
{
    if (*s != INVALID_SOCKET) {
        (void)closesocket(*s);
        *s = INVALID_SOCKET;
    }
}

static bool listen_once(SOCKET s, struct sockaddr_in *ret)
{
    BOOL yes = TRUE;
    int len = sizeof *ret;
    *ret = (struct sockaddr_in){.sin_family = AF_INET};
    ret->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    /* Without it another program could bind the same port and get our client. */
    return setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&yes, sizeof yes) == 0 &&
           bind(s, (struct sockaddr *)ret, sizeof *ret) == 0 && listen(s, 1) == 0 &&
           getsockname(s, (struct sockaddr *)ret, &len) == 0;
}

static bool same_address(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
    return a->sin_family == b->sin_family && a->sin_port == b->sin_port &&
           a->sin_addr.s_addr == b->sin_addr.s_addr;
}

static bool is_peer(SOCKET s, SOCKET other)
{
    struct sockaddr_in peer = {0};
    struct sockaddr_in name = {0};
    int peer_len = sizeof peer;
    int name_len = sizeof name;
    return getpeername(s, (struct sockaddr *)&peer, &peer_len) == 0 &&
           getsockname(other, (struct sockaddr *)&name, &name_len) == 0 &&
           same_address(&peer, &name);
}

/* The connection that comes from our own socket; others are turned away. */
static SOCKET accept_own(SOCKET listener, SOCKET outer)
{
    for (int i = 0; i < STRANGERS_MAX; i++) {
        fd_set set;
        struct timeval wait = {.tv_sec = UD_PATIENCE_LOOPBACK_MS / 1000};
        FD_ZERO(&set);
        FD_SET(listener, &set);
        if (select(0, &set, NULL, NULL, &wait) != 1) {
            return INVALID_SOCKET;
        }
        SOCKET inner = accept(listener, NULL, NULL);
        if (inner == INVALID_SOCKET || (is_peer(inner, outer) && is_peer(outer, inner))) {
            return inner;
        }
        (void)closesocket(inner);
    }
    return INVALID_SOCKET;
}

static bool nonce_passes(SOCKET from, SOCKET to)
{
    char sent[NONCE];
    char got[NONCE];
    int len = 0;
    DWORD wait = UD_PATIENCE_LOOPBACK_MS;
    ud_host_random(sent, sizeof sent);
    if (setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, (const char *)&wait, sizeof wait) != 0 ||
        send(from, sent, sizeof sent, 0) != (int)sizeof sent) {
        return false;
    }
    while (len < (int)sizeof got) {
        int n = recv(to, got + len, (int)sizeof got - len, 0);
        if (n <= 0) {
            return false;
        }
        len += n;
    }
    wait = 0;
    (void)setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, (const char *)&wait, sizeof wait);
    return memcmp(sent, got, sizeof got) == 0;
}

static bool try_pair(SOCKET ret[2])
{
    BOOL yes = TRUE;
    struct sockaddr_in address;
    SOCKET listener = new_socket();
    SOCKET outer = new_socket();
    SOCKET inner = INVALID_SOCKET;
    if (listener != INVALID_SOCKET && outer != INVALID_SOCKET && listen_once(listener, &address) &&
        connect(outer, (struct sockaddr *)&address, sizeof address) == 0) {
        inner = accept_own(listener, outer);
    }
    DWORD error = (DWORD)WSAGetLastError();
    close_socket(&listener);
    if (inner != INVALID_SOCKET && nonce_passes(outer, inner) && nonce_passes(inner, outer)) {
        (void)setsockopt(inner, IPPROTO_TCP, TCP_NODELAY, (const char *)&yes, sizeof yes);
        (void)SetHandleInformation((HANDLE)inner, HANDLE_FLAG_INHERIT, 0); /* accept's are */
        ret[0] = outer;
        ret[1] = inner;
        return true;
    }
    close_socket(&outer);
    close_socket(&inner);
    WSASetLastError((int)error);
    return false;
}

enum ud_code ud_win_socket_pair(SOCKET ret[2], struct ud_error *err)
{
    for (int i = 0; i < TRIES; i++) {
        if (try_pair(ret)) {
            return UD_OK;
        }
    }
    return ud_win_fail(err, (DWORD)WSAGetLastError(),
                       "cannot make a connection within this process");
}
