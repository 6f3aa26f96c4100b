#include "platform/socket.h"

#include <sys/socket.h>

void ud_socket_end_sending(uintptr_t socket)
{
    (void)shutdown((int)socket, SHUT_WR);
}
