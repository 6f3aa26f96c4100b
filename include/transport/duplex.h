/* A connection that an engine takes out of HTTP: after the answer's header both
 * sides send bytes as they like. For attach and exec with standard input.
 *
 * A duplex belongs to the thread of its ud_http, which may run other requests
 * meanwhile; only ud_duplex_wake and ud_cancel_request may come from elsewhere.
 * A cancel request ends it at once. There is no time limit once it is open, as long as the engine
 * answers (ud_http_config.silence_ms). */
#ifndef TRANSPORT_DUPLEX_H
#define TRANSPORT_DUPLEX_H

#include <stdbool.h>
#include <stddef.h>

#include "transport/http.h"
#include "transport/tcp.h"
#include "util/error.h"

struct ud_duplex;

/* POSTs body (JSON, or NULL) to url with "Upgrade: tcp" and waits for the
 * answer's header: 101, or 200 with a content type of Docker's streams. Any
 * other complete answer is UD_OK too, with *ret NULL and *ret_answer to be read
 * as that of a request. ret_answer is filled on UD_OK only.
 * Errors: UD_ERR_UNREACHABLE, UD_ERR_PROTOCOL, UD_ERR_INTERRUPTED. */
UD_MUST_CHECK enum ud_code ud_duplex_open(struct ud_http *http, const char *url, const char *body,
                                          struct ud_duplex **ret,
                                          struct ud_http_response *ret_answer,
                                          struct ud_error *err);

/* Takes what has arrived, at most room bytes, without waiting: *ret_len is 0
 * when nothing has. *ret_end: the engine has closed its side. */
UD_MUST_CHECK enum ud_code ud_duplex_recv(struct ud_duplex *duplex, void *dst, size_t room,
                                          size_t *ret_len, bool *ret_end, struct ud_error *err);

/* Sends as much as goes without waiting. After a part was sent, or nothing, the
 * rest has to be offered again from the same memory (TLS). */
UD_MUST_CHECK enum ud_code ud_duplex_send(struct ud_duplex *duplex, const void *data, size_t len,
                                          size_t *ret_len, struct ud_error *err);

/* Nothing more will be sent; what comes can still be received. */
void ud_duplex_finish(struct ud_duplex *duplex);

/* Waits until something may be received or, if sending is set, sent; until
 * ud_duplex_wake, progress of another request, or for ms. Drives other requests.
 * UD_ERR_INTERRUPTED at a cancel request. */
UD_MUST_CHECK enum ud_code ud_duplex_wait(struct ud_duplex *duplex, bool sending, unsigned ms,
                                          struct ud_error *err);

/* What a connection is waited for. */
struct ud_duplex_want {
    bool receiving;
    bool sending;
};

/* The same for who passes bytes between the engine and peer (NULL: there is none any more):
 * waits for what is wanted of each side and for nothing else, since a side that is not read
 * would end each wait at once. */
UD_MUST_CHECK enum ud_code ud_duplex_wait_with(struct ud_duplex *duplex, struct ud_duplex_want own,
                                               const struct ud_tcp *peer,
                                               struct ud_duplex_want peers, unsigned ms,
                                               struct ud_error *err);

/* Ends a wait, the one under way or the next; from any thread. */
void ud_duplex_wake(struct ud_duplex *duplex);

/* Closes the connection; NULL is fine. Before ud_http_free. */
void ud_duplex_free(struct ud_duplex *duplex);

#endif
