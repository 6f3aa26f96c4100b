#include "platform/socket.h"

#include <winsock2.h>

void ud_socket_end_sending(uintptr_t socket)
{
    (void)shutdown((SOCKET)socket, SD_SEND);
}
