/* Drivers for a device, of the VM or of the artifacts: VMs have no udev that loads them. */
#ifndef APP_ATTACH_DRIVERS_H
#define APP_ATTACH_DRIVERS_H

#include "app/artifacts/manifest.h"
#include "app/attach/attach.h"
#include "app/attach/driver.h"
#include "attach/session.h"
#include "util/error.h"
#include "util/strv.h"

/* What the VM and the artifacts have for some modaliases. */
struct ud_attach_drivers {
    struct ud_strv modaliases;
    struct ud_attach_answer answer; /* of UD_OP_ALIASES */
    struct ud_manifest manifest;    /* of the artifacts for this kernel; empty if there are none */
};

/* One question to the VM for all of them; none if there are none of them. Artifacts that cannot be
 * read are a warning. input as for load. Release *ret either way. */
UD_MUST_CHECK enum ud_code ud_attach_drivers_ask(const struct ud_attach_session *session,
                                                 const char *input,
                                                 const struct ud_strv *modaliases,
                                                 struct ud_attach_drivers *ret,
                                                 struct ud_error *err);
void ud_attach_drivers_done(struct ud_attach_drivers *drivers);

/* Adds the modules for one of them, files of the VM first, then built-in ones, then artifacts. */
void ud_attach_drivers_find(const struct ud_attach_drivers *drivers, const char *modalias,
                            struct ud_found_drivers *ret);

/* The build id, in new memory, of the artifacts' usbip-core for this kernel, if its sources have
 * the fix of usbip/holes.h; else NULL. */
char *ud_attach_fixed_build_id(const struct ud_attach_session *session, const char *input);

/* ---- serve.c ---- */

/* Waits for drivers of an attached device that modules have just been inserted for, gives its new
 * nodes mode, group and links (UD_OP_SETTLE), and looks at it again: attached has the new report,
 * and what still lacks a driver. */
UD_MUST_CHECK enum ud_code ud_attach_settle(const struct ud_attach_session *session,
                                            const char *mode, const char *group,
                                            struct ud_attached *attached, struct ud_error *err);

/* Has a driver for each interface of the attached device that has none, and for what those
 * drivers find in it: inserts what fits, the VM's own or the artifacts', adds it to ret->loaded,
 * and looks again, until nothing new appears. What cannot be inserted is a warning. What stays
 * without a driver is in ret->missing and ret->children, and no error. */
UD_MUST_CHECK enum ud_code ud_attach_drivers_serve(const struct ud_attach_session *session,
                                                   const struct ud_attach_options *options,
                                                   struct ud_attached *ret, struct ud_error *err);

#endif
