/* What attach, tunnel and settle share. */
#ifndef HELPER_OPS_ATTACH_H
#define HELPER_OPS_ATTACH_H

#include "usb/plug.h"

/* Takes [--mode OCTAL] [--group GID] off the arguments. UD_ERR_USAGE. */
UD_MUST_CHECK enum ud_code ud_attach_take_access(int *count, char ***args, struct ud_access *access,
                                                 struct ud_error *err);

/* Puts the device onto a port with the guard between, calls attached once it is configured, and
 * then passes bytes until one side ends or a signal comes. The port is free on every way out.
 * UD_OK if the kernel let go of the device, since somebody detached it. */
UD_MUST_CHECK enum ud_code ud_attach_guarded(struct ud_plug *plug, int from_server, int to_server,
                                             void (*attached)(struct ud_helper *helper),
                                             struct ud_error *err);

#endif
