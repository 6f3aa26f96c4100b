/* The address of a USB/IP server as users write it: HOST, HOST:PORT, [IPv6], [IPv6]:PORT. */
#ifndef USBIP_SERVER_H
#define USBIP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

enum { UD_USBIP_HOST_MAX = 253 }; /* characters, RFC 1035 */

struct ud_usbip_server {
    char host[UD_USBIP_HOST_MAX + 1]; /* a name or an address, without brackets */
    uint16_t port;
};

/* Without a port it is UD_OP_TCP_PORT. An IPv6 address with a port needs its brackets, as in a
 * URL. UD_ERR_USAGE if text is none of these. */
UD_MUST_CHECK enum ud_code ud_usbip_server_parse(const char *text, struct ud_usbip_server *ret,
                                                 struct ud_error *err);

/* Whether the host is an address, so that there is no name to be looked up. */
bool ud_usbip_server_is_numeric(const struct ud_usbip_server *server);

/* "host:3240", "[::1]:3240", in new memory. */
char *ud_usbip_server_text(const char *host, unsigned port);

#endif
