/* What libcurl offers no call for. */
#ifndef PLATFORM_SOCKET_H
#define PLATFORM_SOCKET_H

#include <stdint.h>

/* Ends the sending side of a connected socket; what was sent still arrives. */
void ud_socket_end_sending(uintptr_t socket);

#endif
