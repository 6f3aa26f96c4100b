/* Named pipes, on which the engines of Windows listen, handed out as sockets:
 * libcurl, and whoever else can only talk to a socket, gets one end of a pair,
 * and a thread carries the bytes between the other end and the pipe.
 *
 * Errors have the reason alone as their message ("there is no such pipe"), to
 * be put after the name of the pipe. */
#ifndef PLATFORM_PIPE_H
#define PLATFORM_PIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"
#include "util/strv.h"

struct ud_pipe;

/* Whether this system has named pipes; where it does not, ud_pipe_open is
 * UD_ERR_USAGE and the lists are empty. */
bool ud_pipe_supported(void);

/* Begins to open "//./pipe/NAME" and returns at once; *ret_socket is a SOCKET
 * that takes bytes from then on and stays ud_pipe_free's to close. A pipe whose
 * instances are all taken is tried again for busy_ms. Only what this side needs
 * can fail here; that the pipe cannot be opened ends the socket, and
 * ud_pipe_check says why.
 *
 * shutdown(SD_SEND) is passed on to a pipe of messages, as an empty one, which
 * is how docker's programs say half-close; the pipe's end is the socket's end. */
UD_MUST_CHECK enum ud_code ud_pipe_open(const char *path, unsigned busy_ms, struct ud_pipe **ret,
                                        uintptr_t *ret_socket, struct ud_error *err);

/* Why the pipe could not be opened, or failed in between: UD_ERR_NOT_FOUND (no
 * such pipe), UD_ERR_DENIED, UD_ERR_BUSY (to the end of busy_ms), UD_ERR_IO.
 * UD_OK as long as nothing failed; that the other side hung up is no failure.
 * Set before the socket ends. */
UD_MUST_CHECK enum ud_code ud_pipe_check(struct ud_pipe *pipe, struct ud_error *err);

/* The bytes that went into the pipe and came out of it so far. */
void ud_pipe_count(struct ud_pipe *pipe, uint64_t *ret_in, uint64_t *ret_out);

/* Stops whatever is under way, at once, and closes pipe and socket. NULL is fine. */
void ud_pipe_free(struct ud_pipe *pipe);

/* Adds the names (without "//./pipe/") of the pipes that exist and look like an
 * engine's, sorted. */
void ud_pipe_list_engines(struct ud_strv *ret);

/* The same as a sentence for a remedy, in new memory; NULL without named pipes. */
char *ud_pipe_advice(void);

/* Whether a pipe of this name may be an engine's. Pure. */
bool ud_pipe_name_is_engines(const char *name);

#endif
