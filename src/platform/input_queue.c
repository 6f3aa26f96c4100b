#include "input_queue.h"

#include <string.h>

void ud_input_queue_init(struct ud_input_queue *queue, void (*wake)(void *arg), void *arg)
{
    memset(queue, 0, sizeof *queue);
    queue->mutex = ud_mutex_new();
    queue->room = ud_cond_new();
    queue->wake = wake;
    queue->arg = arg;
}

void ud_input_queue_done(struct ud_input_queue *queue)
{
    ud_cond_free(queue->room);
    ud_mutex_free(queue->mutex);
}

/* With the mutex held, so that no call is under way once the queue is closed. */
static void input_queue_wake(const struct ud_input_queue *queue)
{
    if (!queue->closed) {
        queue->wake(queue->arg);
    }
}

static size_t input_queue_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Adds what fits without wrapping around. */
static size_t add_part(struct ud_input_queue *queue, const char *data, size_t len)
{
    size_t end = (queue->at + queue->len) % UD_INPUT_QUEUE_SIZE;
    size_t part = input_queue_smaller(len, UD_INPUT_QUEUE_SIZE - queue->len);
    part = input_queue_smaller(part, UD_INPUT_QUEUE_SIZE - end);
    memcpy(queue->data + end, data, part);
    queue->len += part;
    return part;
}

bool ud_input_queue_put(struct ud_input_queue *queue, const void *data, size_t len)
{
    const char *next = data;
    ud_mutex_lock(queue->mutex);
    while (len > 0 && !queue->closed) {
        if (queue->len == UD_INPUT_QUEUE_SIZE) {
            ud_cond_wait(queue->room, queue->mutex);
            continue;
        }
        size_t part = add_part(queue, next, len);
        next += part;
        len -= part;
        input_queue_wake(queue);
    }
    bool open = !queue->closed;
    ud_mutex_unlock(queue->mutex);
    return open;
}

void ud_input_queue_end(struct ud_input_queue *queue)
{
    ud_mutex_lock(queue->mutex);
    queue->ended = true;
    input_queue_wake(queue);
    ud_mutex_unlock(queue->mutex);
}

void ud_input_queue_resize(struct ud_input_queue *queue)
{
    ud_mutex_lock(queue->mutex);
    queue->resized = true;
    input_queue_wake(queue);
    ud_mutex_unlock(queue->mutex);
}

size_t ud_input_queue_take(struct ud_input_queue *queue, void *dst, size_t room, bool *ret_end)
{
    size_t taken = 0;
    ud_mutex_lock(queue->mutex);
    while (room > 0 && queue->len > 0) {
        size_t part = input_queue_smaller(input_queue_smaller(room, queue->len),
                                          UD_INPUT_QUEUE_SIZE - queue->at);
        memcpy((char *)dst + taken, queue->data + queue->at, part);
        queue->at = (queue->at + part) % UD_INPUT_QUEUE_SIZE;
        queue->len -= part;
        taken += part;
        room -= part;
    }
    *ret_end = queue->ended && queue->len == 0;
    ud_cond_wake_all(queue->room);
    ud_mutex_unlock(queue->mutex);
    return taken;
}

bool ud_input_queue_resized(struct ud_input_queue *queue)
{
    ud_mutex_lock(queue->mutex);
    bool resized = queue->resized;
    queue->resized = false;
    ud_mutex_unlock(queue->mutex);
    return resized;
}

void ud_input_queue_close(struct ud_input_queue *queue)
{
    ud_mutex_lock(queue->mutex);
    queue->closed = true;
    ud_cond_wake_all(queue->room);
    ud_mutex_unlock(queue->mutex);
}
