/* One question to a USB/IP server, at the first of its addresses that answers. */
#ifndef HELPER_SERVER_ASK_H
#define HELPER_SERVER_ASK_H

#include "proto/check.h"
#include "sys/helper.h"
#include "usbip/op.h"
#include "util/buf.h"

struct ud_ask {
    const struct ud_helper *helper;
    uint32_t port;
    char **addresses; /* numeric */
    size_t count;
    const char *busid; /* of the device to import; NULL: list all */
};

struct ud_asked {
    int fd;                        /* after an import: the device's connection; else -1 */
    const char *server;            /* one of addresses */
    char from[UD_ADDRESS_MAX + 1]; /* the address of this side */
    struct ud_usbip_device device; /* after an import */
    struct ud_buf bytes;           /* of the whole answer */
};

/* Where nobody answers, the error names each address and what became of it. An answer that
 * is sound and says no is UD_ERR_ENGINE, UD_ERR_BUSY or UD_ERR_NOT_FOUND, and no other address
 * is tried. To be ended by ud_asked_done() after success. */
UD_MUST_CHECK enum ud_code ud_ask(const struct ud_ask *ask, struct ud_asked *ret,
                                  struct ud_error *err);
void ud_asked_done(struct ud_asked *asked);

/* Reads "PORT ADDRESS ..." of an operation's arguments: UD_ERR_USAGE if they are not that. */
UD_MUST_CHECK enum ud_code ud_ask_parse(struct ud_ask *ask, int count, char **args,
                                        struct ud_error *err);

/* Makes a connection fit for the kernel: it blocks, sends at once, and ends when the server is
 * gone, however that went. Does nothing for what is no TCP. */
void ud_ask_prepare(int fd);

#endif
