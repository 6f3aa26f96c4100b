/* One helper at a time changes modules. */
#ifndef HELPER_SYS_LOCK_H
#define HELPER_SYS_LOCK_H

#include "sys/kernel.h"
#include "util/error.h"

#define UD_LOCK_NAME "usbipd-desktop-modules"

/* Takes the lock with this name in the current network namespace, waiting up
 * to wait_ms; kernel is used to sleep and to notice interruption. It is held
 * until the process ends. UD_ERR_BUSY, UD_ERR_INTERRUPTED, UD_ERR_IO. */
enum ud_code ud_lock_take(const struct ud_kernel *kernel, const char *name, unsigned wait_ms,
                          struct ud_error *err);

#endif
