/* What the bridges of pipe.c and program.c are made of. */
#ifndef PLATFORM_WIN_PIPE_PIPE_PARTS_H
#define PLATFORM_WIN_PIPE_PIPE_PARTS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "win/wide.h"

#include <winsock2.h>

/* socket_pair.c: two connected sockets of this process, overlapped, not
 * inherited by other programs, and surely connected to each other. */
UD_MUST_CHECK enum ud_code ud_win_socket_pair(SOCKET ret[2], struct ud_error *err);

/* pipe_connect.c: opens the pipe, waiting busy_ms for a free instance, unless
 * stop is signalled: UD_ERR_INTERRUPTED. */
UD_MUST_CHECK enum ud_code ud_win_pipe_connect(const char *path, unsigned busy_ms, HANDLE stop,
                                               HANDLE *ret, struct ud_error *err);

/* pipe_owner.c: whether the pipe belongs to the system, its administrators or
 * this user: anybody may offer a pipe of any name that is free. */
UD_MUST_CHECK enum ud_code ud_win_pipe_check_owner(HANDLE pipe, struct ud_error *err);

/* pipe_flow.c: the bytes of one direction. */
enum ud_flow_state {
    UD_FLOW_READING,
    UD_FLOW_WRITING,
    UD_FLOW_ENDING, /* tells the other side that no more comes */
    UD_FLOW_OVER
};

struct ud_flow {
    HANDLE pipe;
    SOCKET socket;
    bool to_pipe;
    bool messages;         /* the pipe's other side understands an empty message as the end */
    bool discard;          /* nobody takes the bytes any more */
    bool broken;           /* it ended because one side is gone */
    OVERLAPPED overlapped; /* its event is signalled when ud_flow_step has something to do */
    enum ud_flow_state state;
    char *data;
    DWORD len;
    DWORD written;
    atomic_ullong *total; /* counts the bytes that the pipe took or gave; NULL: nobody does */
    DWORD error;          /* why it ended; ERROR_SUCCESS for an ordinary end */
};

/* to_pipe, pipe, socket and messages are set before. Reads from then on. */
UD_MUST_CHECK enum ud_code ud_flow_start(struct ud_flow *flow, struct ud_error *err);

/* Takes the result of what was under way and begins what comes next. */
void ud_flow_step(struct ud_flow *flow);

/* Reads on to the end without a use for the bytes, so that closing the socket
 * takes nothing from the answer. Only for the flow to the pipe, and only once. */
void ud_flow_discard(struct ud_flow *flow);

/* Steps through both until they came to their end, or stop is signalled; up is the flow to the
 * pipe. after_step is called after each step. */
void ud_flow_carry(struct ud_flow *up, struct ud_flow *down, HANDLE stop,
                   void (*after_step)(void *arg), void *arg);

/* Calls off what is under way and releases everything but pipe and socket. */
void ud_flow_done(struct ud_flow *flow);

#endif
