/* Asking running work to stop, from another thread or a signal callback.
 *
 * One object serves a whole program: the app owns it (static, zeroed is ready),
 * hands it to each ud_http and calls ud_cancel_request on Ctrl-C. Work that may be
 * ended by itself has another, with the program's as its outer one. */
#ifndef TRANSPORT_CANCEL_H
#define TRANSPORT_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "util/error.h"

enum { UD_CANCEL_WATCHERS = 16 };

struct ud_cancel {
    atomic_bool requested;
    struct ud_cancel *outer; /* a request there is one here too; NULL: none. To be woken at once,
                              * watch it. */
    atomic_int waking;       /* calls of ud_cancel_request that are under way */
    struct {
        _Atomic(void *) arg;
        void (*wake)(void *arg);
    } watchers[UD_CANCEL_WATCHERS];
};

/* Takes no lock and allocates nothing; any thread, any number of times. */
void ud_cancel_request(struct ud_cancel *cancel);

/* false for NULL. */
bool ud_cancel_requested(const struct ud_cancel *cancel);

/* UD_ERR_INTERRUPTED once it was requested; for loops of local work. */
UD_MUST_CHECK enum ud_code ud_cancel_check(const struct ud_cancel *cancel, struct ud_error *err);

/* Has wake(arg) called on each request until ud_cancel_unwatch(arg), which
 * returns only when no wake of arg is running. Both belong to the thread that
 * owns the work. Does nothing for a NULL cancel; past the limit of watchers the
 * work notices a request at its next poll instead of at once. */
void ud_cancel_watch(struct ud_cancel *cancel, void (*wake)(void *arg), void *arg);
void ud_cancel_unwatch(struct ud_cancel *cancel, void *arg);

#endif
