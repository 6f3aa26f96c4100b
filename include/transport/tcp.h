/* A connection to a server that speaks a protocol of its own, not HTTP: a USB/IP server, as
 * this machine reaches it.
 *
 * It belongs to the thread that opened it; only ud_cancel_request may come from elsewhere. */
#ifndef TRANSPORT_TCP_H
#define TRANSPORT_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transport/cancel.h"
#include "util/error.h"

struct ud_tcp;

/* Tries the addresses of the name, IPv6 and IPv4, until one takes the connection; no proxy. The
 * connection ends by itself UD_PATIENCE_UNANSWERED_MS after the other side fell silent, however
 * that went. connect_ms 0: UD_PATIENCE_SERVER_CONNECT_MS.
 * UD_ERR_NOT_FOUND for an unknown name, UD_ERR_UNREACHABLE with what became of it,
 * UD_ERR_INTERRUPTED. */
UD_MUST_CHECK enum ud_code ud_tcp_open(const char *host, uint16_t port, unsigned connect_ms,
                                       struct ud_cancel *cancel, struct ud_tcp **ret,
                                       struct ud_error *err);

/* The numeric address that took the connection; borrowed. */
const char *ud_tcp_address(const struct ud_tcp *tcp);

/* Takes what has arrived, at most room bytes, without waiting: *ret_len is 0 when nothing has.
 * *ret_end: the other side has closed, or is lost. */
void ud_tcp_receive(struct ud_tcp *tcp, void *dst, size_t room, size_t *ret_len, bool *ret_end);

/* Sends as much as goes without waiting, and returns how much. *ret_end: nothing can be sent
 * any more. */
size_t ud_tcp_send(struct ud_tcp *tcp, const void *data, size_t len, bool *ret_end);

/* Waits until something may be received or, if sending is set, sent, for at most ms.
 * UD_ERR_INTERRUPTED at a cancel request. */
UD_MUST_CHECK enum ud_code ud_tcp_wait(struct ud_tcp *tcp, bool sending, unsigned ms,
                                       struct ud_error *err);

/* Closes it; NULL is fine. */
void ud_tcp_free(struct ud_tcp *tcp);

#endif
