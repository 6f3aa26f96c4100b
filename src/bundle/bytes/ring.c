#include "bundle/bytes/ring.h"

#include <stdlib.h>
#include <string.h>

#include "platform/thread.h"
#include "util/mem.h"

struct ud_ring {
    struct ud_mutex *mutex;
    struct ud_cond *changed; /* one side waits at a time: the ring is full or empty, not both */
    char *data;
    size_t size;
    size_t start; /* where the oldest byte is */
    size_t used;
    size_t lent; /* of used: what ud_ring_next last returned */
    bool ended;
    bool stopped;
};

struct ud_ring *ud_ring_new(size_t size)
{
    struct ud_ring *ring = ud_alloc(1, sizeof *ring);
    ring->mutex = ud_mutex_new();
    ring->changed = ud_cond_new();
    ring->data = ud_alloc(size, 1);
    ring->size = size;
    return ring;
}

void ud_ring_free(struct ud_ring *ring)
{
    if (ring != NULL) {
        ud_cond_free(ring->changed);
        ud_mutex_free(ring->mutex);
        free(ring->data);
        free(ring);
    }
}

static size_t worth_waking(const struct ud_ring *ring)
{
    return ring->size / 4 + 1;
}

/* Copies what fits without wrapping; with the mutex held. */
static size_t put_some(struct ud_ring *ring, const char *data, size_t len)
{
    size_t end = (ring->start + ring->used) % ring->size;
    size_t room = ring->size - ring->used;
    size_t straight = ring->size - end;
    size_t n = len < room ? len : room;
    n = n < straight ? n : straight;
    memcpy(ring->data + end, data, n);
    ring->used += n;
    return n;
}

static bool must_wait_to_put(const struct ud_ring *ring, size_t len)
{
    size_t room = ring->size - ring->used;
    return !ring->stopped && room < len && room < worth_waking(ring);
}

bool ud_ring_put(struct ud_ring *ring, const void *data, size_t len)
{
    const char *next = data;
    ud_mutex_lock(ring->mutex);
    while (len > 0 && !ring->stopped) {
        while (must_wait_to_put(ring, len)) {
            ud_cond_wait(ring->changed, ring->mutex);
        }
        if (!ring->stopped) {
            size_t n = put_some(ring, next, len);
            next += n;
            len -= n;
        }
        if (ring->used >= worth_waking(ring)) {
            ud_cond_wake_all(ring->changed);
        }
    }
    bool wanted = !ring->stopped;
    ud_mutex_unlock(ring->mutex);
    return wanted;
}

void ud_ring_end(struct ud_ring *ring)
{
    ud_mutex_lock(ring->mutex);
    ring->ended = true;
    ud_cond_wake_all(ring->changed);
    ud_mutex_unlock(ring->mutex);
}

size_t ud_ring_next(struct ud_ring *ring, const void **ret_data)
{
    ud_mutex_lock(ring->mutex);
    ring->start = (ring->start + ring->lent) % ring->size;
    ring->used -= ring->lent;
    if (ring->lent > 0 && ring->size - ring->used >= worth_waking(ring)) {
        ud_cond_wake_all(ring->changed);
    }
    ring->lent = 0;
    while (ring->used < worth_waking(ring) && !ring->ended) {
        ud_cond_wait(ring->changed, ring->mutex);
    }
    size_t straight = ring->size - ring->start;
    size_t most = worth_waking(ring); /* the rest is room for the producer meanwhile */
    size_t n = ring->used < straight ? ring->used : straight;
    n = n < most ? n : most;
    ring->lent = n;
    *ret_data = ring->data + ring->start;
    ud_mutex_unlock(ring->mutex);
    return n;
}

void ud_ring_stop(struct ud_ring *ring)
{
    ud_mutex_lock(ring->mutex);
    ring->stopped = true;
    ud_cond_wake_all(ring->changed);
    ud_mutex_unlock(ring->mutex);
}
