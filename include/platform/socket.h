/* What libcurl offers no call for. */
#ifndef PLATFORM_SOCKET_H
#define PLATFORM_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

/* Ends the sending side of a connected socket; what was sent still arrives. */
void ud_socket_end_sending(uintptr_t socket);

/* A TCP connection ends when what was sent is not acknowledged for so long. Where the system
 * offers no such limit, its own holds. */
void ud_socket_limit_silence(uintptr_t socket, unsigned ms);

/* Whether somebody listens on a unix socket now. Never waits. False elsewhere than on Unix. */
bool ud_socket_is_listened_on(const char *path);

/* Whether two paths lead to one socket. False elsewhere than on Unix. */
bool ud_socket_is_same(const char *path, const char *other);

/* What keeps this process from a unix socket that it was denied. */
enum ud_socket_bar {
    UD_SOCKET_BAR_UNKNOWN,
    UD_SOCKET_BAR_DIRECTORY, /* on the way to it */
    UD_SOCKET_BAR_OWNER,     /* it is for its owner alone */
    UD_SOCKET_BAR_GROUP,     /* it is for a group, and the user is not in it */
    UD_SOCKET_BAR_LOGIN      /* the user is, this session is not */
};

/* By the socket's mode and owners. *ret_name is the user's or the group's name in new memory, a
 * number where it has none; NULL for the first two. Elsewhere than on Unix UD_SOCKET_BAR_UNKNOWN.
 */
enum ud_socket_bar ud_socket_bar(const char *path, char **ret_name);

#endif
