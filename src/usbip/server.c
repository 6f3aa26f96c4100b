#include "usbip/server.h"

#include <string.h>

#include "usbip/op.h"
#include "util/mem.h"
#include "util/str.h"

#define HOST_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:%"

static enum ud_code server_wrong(const char *text, const char *why, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_USAGE,
                   "Write HOST or HOST:PORT, and an IPv6 address with a port as [ADDRESS]:PORT.",
                   "%.80s is not an address of a USB/IP server: %s", text, why);
}

static bool server_parse_port(const char *text, uint16_t *ret)
{
    uint64_t port = 0;
    if (!ud_str_to_u64(text, &port) || port < 1 || port > UINT16_MAX) {
        return false;
    }
    *ret = (uint16_t)port;
    return true;
}

enum ud_code ud_usbip_server_parse(const char *text, struct ud_usbip_server *ret,
                                   struct ud_error *err)
{
    struct ud_usbip_server server = {.port = UD_OP_TCP_PORT};
    const char *host = text;
    size_t len = strlen(text);
    const char *port = NULL;
    if (text[0] == '[') {
        const char *close = strchr(text, ']');
        if (close == NULL || (close[1] != '\0' && close[1] != ':')) {
            return server_wrong(text, "the bracket is not closed before the port", err);
        }
        host = text + 1;
        len = (size_t)(close - host);
        port = close[1] == ':' ? close + 2 : NULL;
    } else {
        /* Two colons or more without brackets are an address alone. */
        const char *colon = strchr(text, ':');
        if (colon != NULL && strchr(colon + 1, ':') == NULL) {
            len = (size_t)(colon - text);
            port = colon + 1;
        }
    }
    if (port != NULL && !server_parse_port(port, &server.port)) {
        return server_wrong(text, "the port is not a number from 1 to 65535", err);
    }
    if (len == 0 || len > UD_USBIP_HOST_MAX) {
        return server_wrong(text, "it names no host", err);
    }
    memcpy(server.host, host, len);
    /* It becomes an argument of the helper: no option, and nothing that is no name. */
    if (server.host[0] == '-' || strspn(server.host, HOST_CHARACTERS) != len) {
        return server_wrong(text, "the host has characters that no name has", err);
    }
    *ret = server;
    return UD_OK;
}

bool ud_usbip_server_is_numeric(const struct ud_usbip_server *server)
{
    if (strchr(server->host, ':') != NULL) {
        return true;
    }
    /* No top-level domain is a number (RFC 3696, section 2). */
    const char *last = strrchr(server->host, '.');
    last = last != NULL ? last + 1 : server->host;
    return last[0] != '\0' && strspn(last, "0123456789") == strlen(last);
}

char *ud_usbip_server_text(const char *host, unsigned port)
{
    return strchr(host, ':') != NULL ? ud_strf("[%s]:%u", host, port)
                                     : ud_strf("%s:%u", host, port);
}
