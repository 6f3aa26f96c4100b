/* A server of a named pipe as engines have it: of messages, many clients at once. */
#ifndef SUPPORT_PIPE_SERVER_H
#define SUPPORT_PIPE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include <winsock2.h>
#include <windows.h>

/* One connection; each direction may be used from a thread of its own. */
struct pipe_end {
    HANDLE handle;
    HANDLE stop; /* the server's: ends reads and writes */
    HANDLE read_event;
    HANDLE write_event;
};

/* False when the client is gone or the server stops; *ret_n is 0 at the end of
 * what the client sends. */
bool pipe_end_read(struct pipe_end *end, void *buf, size_t size, size_t *ret_n);
bool pipe_end_write(struct pipe_end *end, const void *data, size_t len);
/* Tells the client that no more comes; it may go on sending. */
bool pipe_end_finish(struct pipe_end *end);
/* Cuts the connection: what the client has not read is lost. */
void pipe_end_cut(struct pipe_end *end);

struct pipe_server_options {
    const char *name;   /* without "//./pipe/" */
    unsigned instances; /* clients at a time, 0: as many as come */
    bool bytes;         /* a pipe of bytes instead of messages */
    bool deny;          /* nobody may open it for both directions */
    const char *owner;  /* as a SID; NULL: whoever runs the test */
    /* Serves one client, in a thread of its own. */
    void (*serve)(void *ctx, struct pipe_end *end);
    void *ctx;
};

struct pipe_server;

/* NULL when the pipe cannot be made; GetLastError says why. */
struct pipe_server *pipe_server_start(const struct pipe_server_options *options);
/* Cuts all connections and waits for their threads. */
void pipe_server_stop(struct pipe_server *server);

#endif
