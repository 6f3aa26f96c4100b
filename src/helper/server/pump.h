/* Passes the bytes of an attached device between a server and a socket of the kernel's, in a
 * thread, through the guard of usbip/guard.h. */
#ifndef HELPER_SERVER_PUMP_H
#define HELPER_SERVER_PUMP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "util/error.h"

struct ud_pump {
    int from_server; /* borrowed; may be the same as to_server */
    int to_server;
    int kernel;   /* owned: our end of a pair of stream sockets */
    int bell[2];  /* a pipe: closing its second end asks the thread to end */
    int flags[2]; /* of from_server and to_server, before */
    pthread_t thread;
    atomic_bool ended;
    bool released;          /* after the end: by the kernel, which let go of the device */
    struct ud_error failed; /* after the end: why, unless stopped or released */
};

/* Starts passing. *ret_fd is the end that is to be handed to the kernel, and to be closed
 * after that. UD_ERR_INTERNAL. */
UD_MUST_CHECK enum ud_code ud_pump_start(struct ud_pump *pump, int from_server, int to_server,
                                         int *ret_fd, struct ud_error *err);

/* Whether one side has ended; members that are set after the end are still the thread's until
 * ud_pump_stop(). */
bool ud_pump_ended(const struct ud_pump *pump);

/* Ends the connection with the kernel, which frees its port then, and waits for the thread. */
void ud_pump_stop(struct ud_pump *pump);

#endif
