#include "platform/socket.h"

#include <winsock2.h>
#include <ws2tcpip.h>

/* ws2ipdef.h of Windows' own SDK; mingw-w64's has it not. */
#ifndef TCP_MAXRT
#define TCP_MAXRT 5
#endif

void ud_socket_end_sending(uintptr_t socket)
{
    (void)shutdown((SOCKET)socket, SD_SEND);
}

/* TCP_MAXRT is in seconds: how long Windows sends again what nobody acknowledges. */
void ud_socket_limit_silence(uintptr_t socket, unsigned ms)
{
    DWORD seconds = ms / 1000;
    (void)setsockopt((SOCKET)socket, IPPROTO_TCP, TCP_MAXRT, (const char *)&seconds,
                     sizeof seconds);
}

bool ud_socket_is_listened_on(const char *path)
{
    (void)path;
    return false;
}

bool ud_socket_is_same(const char *path, const char *other)
{
    (void)path;
    (void)other;
    return false;
}

enum ud_socket_bar ud_socket_bar(const char *path, char **ret_name)
{
    (void)path;
    *ret_name = NULL;
    return UD_SOCKET_BAR_UNKNOWN;
}
