/* Connecting with one numeric address of a server. */
#ifndef HELPER_SERVER_DIAL_H
#define HELPER_SERVER_DIAL_H

#include <netdb.h>
#include <stdint.h>

#include "proto/check.h"
#include "sys/kernel.h"
#include "util/error.h"

/* Waits for events of poll(2) at fd, and no longer than until the clock of ud_wait_now_ms()
 * says until_ms. 0, ETIMEDOUT, or EINTR if a stop was asked for. */
int ud_dial_await(const struct ud_kernel *kernel, int fd, short events, uint64_t until_ms);

/* "5 s", "200 ms", for messages. */
void ud_dial_show_time(unsigned ms, char ret[24]);

/* A connection, which does not block; *ret_fd is the caller's to close. from is filled
 * whatever happens: the address of this side, or "an unknown address".
 *
 * UD_ERR_UNREACHABLE, with the reason only: refused, no answer, no route; UD_ERR_INTERRUPTED,
 * UD_ERR_USAGE (no address), UD_ERR_INTERNAL. */
UD_MUST_CHECK enum ud_code ud_dial(const struct ud_kernel *kernel, const char *address,
                                   uint32_t port, unsigned wait_ms, char from[UD_ADDRESS_MAX + 1],
                                   int *ret_fd, struct ud_error *err);

#endif
