#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bundle/bytes/ring.h"
#include "platform/thread.h"

struct producer {
    struct ud_ring *ring;
    size_t piece;
    size_t total;
    bool refused;
};

static unsigned char byte_at(size_t i)
{
    return (unsigned char)(i * 7 + i / 251);
}

static void produce(void *arg)
{
    struct producer *producer = arg;
    unsigned char piece[5000];
    for (size_t at = 0; at < producer->total && !producer->refused; at += producer->piece) {
        size_t n = producer->piece < producer->total - at ? producer->piece : producer->total - at;
        for (size_t i = 0; i < n; i++) {
            piece[i] = byte_at(at + i);
        }
        producer->refused = !ud_ring_put(producer->ring, piece, n);
    }
    ud_ring_end(producer->ring);
}

static void pass(size_t size, size_t piece, size_t total)
{
    struct producer producer = {.ring = ud_ring_new(size), .piece = piece, .total = total};
    struct ud_thread *thread = NULL;
    struct ud_error err;
    assert_int_equal(ud_thread_start(produce, &producer, &thread, &err), UD_OK);
    size_t at = 0;
    size_t n;
    do {
        const void *data = NULL;
        n = ud_ring_next(producer.ring, &data);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(((const unsigned char *)data)[i], byte_at(at + i));
        }
        at += n;
    } while (n > 0);
    ud_thread_join(thread);
    assert_int_equal(at, total);
    assert_false(producer.refused);
    ud_ring_free(producer.ring);
}

static void bytes_arrive_in_order_whatever_the_sizes(void **state)
{
    (void)state;
    pass(1024, 1, 2000);
    pass(1, 5000, 2000);
    pass(2, 3, 2000);
    pass(5, 7, 2000);
    pass(1000, 1000, 300000);
    pass(1000, 999, 300000);
    pass(1001, 5000, 300000);
    pass(1 << 20, 4999, 300000);
}

static void a_full_ring_lets_go_when_the_consumer_stops(void **state)
{
    (void)state;
    struct producer producer = {.ring = ud_ring_new(1000), .piece = 5000, .total = 300000};
    struct ud_thread *thread = NULL;
    struct ud_error err;
    const void *data = NULL;
    assert_int_equal(ud_thread_start(produce, &producer, &thread, &err), UD_OK);
    assert_true(ud_ring_next(producer.ring, &data) > 0);
    ud_ring_stop(producer.ring);
    ud_thread_join(thread);
    assert_true(producer.refused);
    ud_ring_free(producer.ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_arrive_in_order_whatever_the_sizes),
        cmocka_unit_test(a_full_ring_lets_go_when_the_consumer_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
