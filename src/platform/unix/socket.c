#include "platform/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

void ud_socket_end_sending(uintptr_t socket)
{
    (void)shutdown((int)socket, SHUT_WR);
}

void ud_socket_limit_silence(uintptr_t socket, unsigned ms)
{
#ifdef TCP_USER_TIMEOUT
    (void)setsockopt((int)socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
#elif defined(TCP_RXT_CONNDROPTIME)
    int seconds = (int)(ms / 1000);
    (void)setsockopt((int)socket, IPPROTO_TCP, TCP_RXT_CONNDROPTIME, &seconds, sizeof seconds);
#else
    (void)socket;
    (void)ms;
#endif
}
