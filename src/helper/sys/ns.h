/* Entering the namespaces of the VM, which are those of process 1 in a
 * container with pid=host. */
#ifndef HELPER_SYS_NS_H
#define HELPER_SYS_NS_H

#include "sys/kernel.h"
#include "util/error.h"

/* Open files stay what they are; paths mean the VM's from then on. Fails with
 * UD_ERR_DENIED without the privilege, and with UD_ERR_ENGINE if process 1 is
 * of this very container: then pid=host was not granted. */
enum ud_code ud_ns_enter(enum ud_reach reach, struct ud_error *err);

#endif
