/* Where a scripted engine listens, and its sockets: what differs between operating systems. */
#ifndef SUPPORT_SCRIPT_PLACE_H
#define SUPPORT_SCRIPT_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct script_place;

/* Listens on a free port of 127.0.0.1 (tcp), or as engines of this system do. */
struct script_place *script_place_new(bool tcp, char **ret_endpoint);
/* The next client's socket; -1 once the place was shut. */
int script_place_accept(struct script_place *place);
/* Ends script_place_accept, from another thread. */
void script_place_shut(struct script_place *place);
void script_place_free(struct script_place *place);

/* -1 on failure, 0 for the end, else how many bytes. */
long script_recv(int fd, void *buf, size_t size);
long script_send(int fd, const void *data, size_t len);
void script_shutdown(int fd);
void script_close(int fd);

#endif
