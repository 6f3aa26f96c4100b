/* As much threading as is needed: one worker, a lock, a condition. */
#ifndef PLATFORM_THREAD_H
#define PLATFORM_THREAD_H

#include "util/error.h"

struct ud_thread;
struct ud_mutex;
struct ud_cond;

/* Runs fn(arg) in a new thread; signals are blocked there. */
UD_MUST_CHECK enum ud_code ud_thread_start(void (*fn)(void *arg), void *arg, struct ud_thread **ret,
                                           struct ud_error *err);

/* Waits for its end and frees it; NULL is fine. */
void ud_thread_join(struct ud_thread *thread);

struct ud_mutex *ud_mutex_new(void);
void ud_mutex_free(struct ud_mutex *mutex);
void ud_mutex_lock(struct ud_mutex *mutex);
void ud_mutex_unlock(struct ud_mutex *mutex);

struct ud_cond *ud_cond_new(void);
void ud_cond_free(struct ud_cond *cond);

/* Waits with the mutex held and gives it up meanwhile; may wake without cause. */
void ud_cond_wait(struct ud_cond *cond, struct ud_mutex *mutex);
void ud_cond_wake_all(struct ud_cond *cond);

#endif
