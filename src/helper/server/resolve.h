/* The addresses of a name. */
#ifndef HELPER_SERVER_RESOLVE_H
#define HELPER_SERVER_RESOLVE_H

#include <netdb.h>

#include "sys/kernel.h"
#include "util/error.h"
#include "util/strv.h"

/* Adds the numeric addresses of name, IPv4 first, each once, at most UD_OPS_ADDRESSES_MAX.
 * A stop is noticed at once, though the C library waits for name servers.
 * UD_ERR_NOT_FOUND, UD_ERR_UNREACHABLE, UD_ERR_INTERRUPTED, UD_ERR_INTERNAL. */
UD_MUST_CHECK enum ud_code ud_resolve(const struct ud_kernel *kernel, const char *name,
                                      struct ud_strv *ret, struct ud_error *err);

/* The part of it that looks at no network: a list of getaddrinfo(3), in the order above. */
void ud_resolve_collect(const struct addrinfo *list, struct ud_strv *ret);

/* What a code of getaddrinfo(3) other than 0 means for name. */
enum ud_code ud_resolve_failed(const char *name, int code, struct ud_error *err);

#endif
