/* Bytes from one thread to another through a bounded buffer.
 *
 * Either side sleeps until a quarter of the ring is worth waking for, which
 * keeps the number of switches low. */
#ifndef BUNDLE_BYTES_RING_H
#define BUNDLE_BYTES_RING_H

#include <stdbool.h>
#include <stddef.h>

struct ud_ring;

struct ud_ring *ud_ring_new(size_t size);

/* Only when no other thread uses it any more. */
void ud_ring_free(struct ud_ring *ring);

/* Producer: waits for room; false, perhaps after a part, once the consumer has
 * called ud_ring_stop. */
bool ud_ring_put(struct ud_ring *ring, const void *data, size_t len);

/* Producer: nothing follows. */
void ud_ring_end(struct ud_ring *ring);

/* Consumer: drops the bytes of the last call, waits, and returns the next ones,
 * which stay until the next call; 0 at the end. */
size_t ud_ring_next(struct ud_ring *ring, const void **ret_data);

/* Consumer: wants no more. */
void ud_ring_stop(struct ud_ring *ring);

#endif
