/* The VM's own drivers for an attached device: VMs have no udev that loads them. */
#ifndef APP_ATTACH_DRIVERS_H
#define APP_ATTACH_DRIVERS_H

#include "app/attach/attach.h"
#include "attach/session.h"
#include "util/error.h"
#include "util/strv.h"

/* Asks the VM which of its modules have aliases that fit; no question if there are none of
 * them. *ret is for ud_attach_drivers_of; release it either way. */
UD_MUST_CHECK enum ud_code ud_attach_drivers_ask(const struct ud_attach_session *session,
                                                 const struct ud_strv *modaliases,
                                                 struct ud_attach_answer *ret,
                                                 struct ud_error *err);

/* Adds the names of the modules for one of them: files first, then built-in ones, each once. */
void ud_attach_drivers_of(const struct ud_attach_answer *answer, const char *modalias,
                          struct ud_strv *ret);

/* Inserts those of the named modules that the VM has a file of and that are not loaded, with
 * what they need. Adds the names of what was inserted to ret. Errors: those of load. */
UD_MUST_CHECK enum ud_code ud_attach_drivers_insert(const struct ud_attach_session *session,
                                                    const struct ud_strv *names,
                                                    struct ud_strv *ret, struct ud_error *err);

/* Has a driver for each interface of the attached device that has none: inserts what fits, adds
 * it to ret->loaded, and looks again until drivers have bound. What stays without one is in
 * ret->missing, and no error. */
UD_MUST_CHECK enum ud_code ud_attach_drivers_serve(const struct ud_attach_session *session,
                                                   struct ud_attached *ret, struct ud_error *err);

#endif
