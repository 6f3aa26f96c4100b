/* Attaching by a helper that stays: it holds the device, and this program waits with it. */
#ifndef APP_ATTACH_STAY_H
#define APP_ATTACH_STAY_H

#include "app/attach/attach.h"
#include "attach/session.h"
#include "util/error.h"

/* Has the helper keep the device attached (UD_OP_KEEP), tells options->attached of each time, and
 * returns when that has ended: UD_OK if somebody else detached the device. *ret_ever: it was
 * attached at some time. */
UD_MUST_CHECK enum ud_code ud_attach_stay_by_vm(const struct ud_attach_session *session,
                                                const struct ud_attach_options *options,
                                                const struct ud_attach_server *server,
                                                bool *ret_ever, struct ud_error *err);

/* The same for a server that this machine reaches: its bytes go through the engine's connection
 * (UD_OP_TUNNEL). Without auto_attach it ends when the device is lost, UD_ERR_UNREACHABLE. */
UD_MUST_CHECK enum ud_code ud_attach_stay_by_here(const struct ud_attach_session *session,
                                                  const struct ud_attach_options *options,
                                                  struct ud_error *err);

#endif
