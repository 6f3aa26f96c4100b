/* The self-test's device at its end of a connection, in a thread: what the
 * kernel shows of a device in sysfs waits for answers of that device. */
#ifndef HELPER_HOST_SERVING_H
#define HELPER_HOST_SERVING_H

#include <pthread.h>
#include <stdatomic.h>

#include "usbip/testdev.h"
#include "util/error.h"

struct ud_serving {
    int fd; /* owned once started */
    pthread_t thread;
    struct ud_testdev device; /* the thread's until it has ended */
    atomic_uint urbs;         /* answered so far */
    struct ud_error failed;   /* after the end: what came was no USB/IP; code UD_OK else */
};

/* Answers what comes at fd, a connected stream socket, until that ends. On
 * failure fd stays the caller's. UD_ERR_INTERNAL. */
UD_MUST_CHECK enum ud_code ud_serving_start(struct ud_serving *serving, int fd, const char *serial,
                                            struct ud_error *err);

/* Ends the connection, waits for the thread and closes fd. */
void ud_serving_stop(struct ud_serving *serving);

#endif
