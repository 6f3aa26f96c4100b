/* A USB/IP server as this machine reaches it, not the VM. */
#ifndef APP_ATTACH_HERE_H
#define APP_ATTACH_HERE_H

#include <stddef.h>

#include "transport/cancel.h"
#include "transport/tcp.h"
#include "usbip/device.h"
#include "usbip/server.h"
#include "util/error.h"

/* remote as in ud_list_options; NULL: this machine itself. UD_ERR_USAGE. */
UD_MUST_CHECK enum ud_code ud_here_server(const char *remote, struct ud_usbip_server *ret,
                                          struct ud_error *err);

/* What it exports, in new memory; *ret_address is the address that answered, in new memory. Errors
 * as of ud_attach_server_list. */
UD_MUST_CHECK enum ud_code ud_here_list(const struct ud_usbip_server *server,
                                        struct ud_cancel *cancel, struct ud_usbip_device **ret,
                                        size_t *ret_count, char **ret_address,
                                        struct ud_error *err);

/* Imports a device: *ret_tcp is its connection from now on, to be freed by the caller. */
UD_MUST_CHECK enum ud_code ud_here_import(const struct ud_usbip_server *server, const char *busid,
                                          struct ud_cancel *cancel, struct ud_tcp **ret_tcp,
                                          struct ud_usbip_device *ret, struct ud_error *err);

#endif
