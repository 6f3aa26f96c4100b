/* What a container needs to reach the web as this machine's user does: proxies, and the authorities
 * of those who look into the connections. */
#ifndef APP_BUILDER_WEB_ACCESS_H
#define APP_BUILDER_WEB_ACCESS_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "bundle/tar/tarwrite.h"
#include "docker/engine/engine.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* In a container: what programs that download read, root's and readable by all. */
#define UD_WEB_ACCESS_DIR "/usbipd-web"

struct ud_web_access {
    struct ud_strv env;        /* may hold passwords: for the process of a command, and for nothing
                                * that becomes part of a container or an image */
    struct ud_buf authorities; /* in PEM, besides the container's own; empty: none */
};

/* Finds the variables of proxies (docker/endpoint/proxies.h) for programs in containers of the
 * engine, and the authorities of --ca-file and SSL_CERT_FILE. Warns of a proxy on the loopback
 * address where the container has one of its own: own_network. Errors: those of reading a file of
 * authorities. Release ret on failure too. */
UD_MUST_CHECK enum ud_code ud_web_access_find(const struct ud_app *app, struct ud_engine *engine,
                                              bool own_network, struct ud_web_access *ret,
                                              struct ud_error *err);

/* Adds to an archive to unpack at a container's root: its own authorities and those that were
 * found, in one file, and what makes apt go by it. Adds the variables that make others do so. */
UD_MUST_CHECK enum ud_code ud_web_access_pack(struct ud_web_access *web, const struct ud_buf *own,
                                              struct ud_tarwrite *tar, struct ud_error *err);

/* A zeroed one is fine. */
void ud_web_access_done(struct ud_web_access *web);

#endif
