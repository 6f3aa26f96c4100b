/* Which way leads to a server: from the VM, or from this machine. */
#ifndef APP_ATTACH_WAY_H
#define APP_ATTACH_WAY_H

#include <stdbool.h>
#include <stddef.h>

#include "app/attach/attach.h"
#include "attach/session.h"
#include "usbip/server.h"
#include "util/error.h"

/* What a server answered. */
struct ud_attach_exports {
    bool here; /* this machine asked it */
    struct ud_usbip_server server;
    char *address; /* that answered */
    struct ud_usbip_device *devices;
    size_t count;
};

void ud_attach_exports_done(struct ud_attach_exports *exports);

/* Asks the server for its devices, by the way that is told (enum ud_attach_via). UD_VIA_AUTO asks
 * from the VM and, if that does not reach a server, from here; the error is then of both. *ret is
 * empty after a failure. */
UD_MUST_CHECK enum ud_code ud_attach_ask_exports(const struct ud_attach_session *session,
                                                 const char *remote, unsigned via,
                                                 struct ud_attach_exports *ret,
                                                 struct ud_error *err);

/* Neither way leads to a server: the error is of both, with the VM's code and remedy. */
enum ud_code ud_attach_way_failed(const struct ud_error *by_vm, const struct ud_error *by_here,
                                  struct ud_error *err);

#endif
