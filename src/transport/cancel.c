#include "transport/cancel.h"

#include <stddef.h>

/* All accesses are sequentially consistent: either the requester sees that a
 * watcher is gone, or ud_cancel_unwatch sees that a requester is at work. */

void ud_cancel_request(struct ud_cancel *cancel)
{
    atomic_store(&cancel->requested, true);
    atomic_fetch_add(&cancel->waking, 1);
    for (size_t i = 0; i < UD_CANCEL_WATCHERS; i++) {
        void *arg = atomic_load(&cancel->watchers[i].arg);
        if (arg != NULL) {
            cancel->watchers[i].wake(arg);
        }
    }
    atomic_fetch_sub(&cancel->waking, 1);
}

bool ud_cancel_requested(const struct ud_cancel *cancel)
{
    return cancel != NULL &&
           (atomic_load(&cancel->requested) || ud_cancel_requested(cancel->outer));
}

enum ud_code ud_cancel_check(const struct ud_cancel *cancel, struct ud_error *err)
{
    if (ud_cancel_requested(cancel)) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted");
    }
    return UD_OK;
}

static void wait_for_wakers(const struct ud_cancel *cancel)
{
    while (atomic_load(&cancel->waking) != 0) {
    }
}

void ud_cancel_watch(struct ud_cancel *cancel, void (*wake)(void *arg), void *arg)
{
    if (cancel == NULL) {
        return;
    }
    for (size_t i = 0; i < UD_CANCEL_WATCHERS; i++) {
        if (atomic_load(&cancel->watchers[i].arg) == NULL) {
            wait_for_wakers(cancel); /* one may still be about to use the old function */
            cancel->watchers[i].wake = wake;
            atomic_store(&cancel->watchers[i].arg, arg);
            return;
        }
    }
}

void ud_cancel_unwatch(struct ud_cancel *cancel, void *arg)
{
    if (cancel == NULL) {
        return;
    }
    for (size_t i = 0; i < UD_CANCEL_WATCHERS; i++) {
        if (atomic_load(&cancel->watchers[i].arg) == arg) {
            atomic_store(&cancel->watchers[i].arg, NULL);
        }
    }
    wait_for_wakers(cancel);
}
