/* Between the thread that reads standard input and the one that uses it. */
#ifndef PLATFORM_INPUT_QUEUE_H
#define PLATFORM_INPUT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "platform/thread.h"

enum { UD_INPUT_QUEUE_SIZE = 64 * 1024 };

struct ud_input_queue {
    struct ud_mutex *mutex;
    struct ud_cond *room; /* was made, or the queue closed */
    void (*wake)(void *arg);
    void *arg;
    size_t at; /* of the first byte */
    size_t len;
    bool ended;
    bool resized;
    bool closed;
    char data[UD_INPUT_QUEUE_SIZE];
};

/* In place: the struct is large. */
void ud_input_queue_init(struct ud_input_queue *queue, void (*wake)(void *arg), void *arg);
void ud_input_queue_done(struct ud_input_queue *queue);

/* The reader's side. put waits for room; false when the queue was closed. */
bool ud_input_queue_put(struct ud_input_queue *queue, const void *data, size_t len);
void ud_input_queue_end(struct ud_input_queue *queue);
void ud_input_queue_resize(struct ud_input_queue *queue);

/* The other side. No wake is called after close. */
size_t ud_input_queue_take(struct ud_input_queue *queue, void *dst, size_t room, bool *ret_end);
bool ud_input_queue_resized(struct ud_input_queue *queue);
void ud_input_queue_close(struct ud_input_queue *queue);

#endif
