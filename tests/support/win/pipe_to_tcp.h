/* Passes what comes through a pipe on to a port of this machine, and back. */
#ifndef SUPPORT_PIPE_TO_TCP_H
#define SUPPORT_PIPE_TO_TCP_H

#include "pipe_server.h"

struct pipe_to_tcp {
    unsigned short port;
    size_t piece;          /* bytes in a message to the client; 0: as they come */
    long long stall_after; /* nothing more goes to the client after so many bytes; 0: never */
    long long cut_after;   /* the connection is cut after so many bytes to the client; 0: never */
    volatile LONG64 from_client; /* bytes, of all connections */
    volatile LONG64 to_client;
    volatile LONG connections; /* so far */
    volatile LONG active;
};

/* The serve function of a pipe_server; ctx is a struct pipe_to_tcp. */
void pipe_to_tcp_serve(void *ctx, struct pipe_end *end);

#endif
