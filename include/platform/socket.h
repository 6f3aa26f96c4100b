/* What libcurl offers no call for. */
#ifndef PLATFORM_SOCKET_H
#define PLATFORM_SOCKET_H

#include <stdint.h>

/* Ends the sending side of a connected socket; what was sent still arrives. */
void ud_socket_end_sending(uintptr_t socket);

/* A TCP connection ends when what was sent is not acknowledged for so long. Where the system
 * offers no such limit, its own holds. */
void ud_socket_limit_silence(uintptr_t socket, unsigned ms);

#endif
