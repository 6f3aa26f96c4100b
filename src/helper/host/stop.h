/* The wish to stop: SIGTERM, SIGINT or SIGHUP. */
#ifndef HELPER_HOST_STOP_H
#define HELPER_HOST_STOP_H

#include <stdbool.h>

/* Installs the handlers, which only take a note, and ignores SIGPIPE. Blocking
 * system calls end with EINTR. */
void ud_stop_install(void);

bool ud_stop_requested(void);

#endif
