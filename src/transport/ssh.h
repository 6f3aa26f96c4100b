/* How an engine is reached over ssh: by the system's own ssh, with the user's own settings, keys
 * and known hosts. Each connection is a run of ssh whose other end passes bytes on to the engine's
 * socket. */
#ifndef TRANSPORT_SSH_H
#define TRANSPORT_SSH_H

#include <stddef.h>

#include "transport/endpoint.h"
#include "util/strv.h"

/* The ways to pass bytes on at the other end, to be tried in turn: the command of docker, of
 * podman, and of two programs that know sockets. Their number. */
size_t ud_ssh_ways(void);

/* The command for a connection, in new memory: "ssh", options, host and the way's command.
 * control_path is where connections that share one login meet; NULL if the user's settings have
 * such a place, or there is none. Pure. */
void ud_ssh_command(const struct ud_endpoint *endpoint, size_t way, const char *control_path,
                    struct ud_strv *ret);

/* Whether ssh's settings for a host (`ssh -G`) name a place for shared logins. Pure. */
bool ud_ssh_shares_login(const char *settings);

#endif
