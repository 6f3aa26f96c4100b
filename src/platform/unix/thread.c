#include "platform/thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

struct ud_thread {
    pthread_t id;
    void (*fn)(void *arg);
    void *arg;
};

struct ud_mutex {
    pthread_mutex_t lock;
};

struct ud_cond {
    pthread_cond_t cond;
};

static void *thread_run(void *arg)
{
    struct ud_thread *thread = arg;
    thread->fn(thread->arg);
    return NULL;
}

/* Signals go to the watcher of platform/signals.h, not to workers. The stack
 * size is set because musl's default of 128 KiB is small for libarchive. */
static int thread_create(struct ud_thread *thread)
{
    enum { STACK_SIZE = 1024 * 1024 };
    sigset_t all;
    sigset_t old;
    pthread_attr_t attr;
    int errnum = pthread_attr_init(&attr);
    if (errnum != 0) {
        return errnum;
    }
    (void)pthread_attr_setstacksize(&attr, STACK_SIZE);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    errnum = pthread_create(&thread->id, &attr, thread_run, thread);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    (void)pthread_attr_destroy(&attr);
    return errnum;
}

enum ud_code ud_thread_start(void (*fn)(void *arg), void *arg, struct ud_thread **ret,
                             struct ud_error *err)
{
    struct ud_thread *thread = ud_alloc(1, sizeof *thread);
    thread->fn = fn;
    thread->arg = arg;
    int errnum = thread_create(thread);
    if (errnum != 0) {
        free(thread);
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot start a thread: %s", strerror(errnum));
    }
    *ret = thread;
    return UD_OK;
}

void ud_thread_join(struct ud_thread *thread)
{
    if (thread != NULL) {
        (void)pthread_join(thread->id, NULL);
        free(thread);
    }
}

struct ud_mutex *ud_mutex_new(void)
{
    struct ud_mutex *mutex = ud_alloc(1, sizeof *mutex);
    (void)pthread_mutex_init(&mutex->lock, NULL);
    return mutex;
}

void ud_mutex_free(struct ud_mutex *mutex)
{
    if (mutex != NULL) {
        (void)pthread_mutex_destroy(&mutex->lock);
        free(mutex);
    }
}

void ud_mutex_lock(struct ud_mutex *mutex)
{
    (void)pthread_mutex_lock(&mutex->lock);
}

void ud_mutex_unlock(struct ud_mutex *mutex)
{
    (void)pthread_mutex_unlock(&mutex->lock);
}

struct ud_cond *ud_cond_new(void)
{
    struct ud_cond *cond = ud_alloc(1, sizeof *cond);
    (void)pthread_cond_init(&cond->cond, NULL);
    return cond;
}

void ud_cond_free(struct ud_cond *cond)
{
    if (cond != NULL) {
        (void)pthread_cond_destroy(&cond->cond);
        free(cond);
    }
}

void ud_cond_wait(struct ud_cond *cond, struct ud_mutex *mutex)
{
    (void)pthread_cond_wait(&cond->cond, &mutex->lock);
}

void ud_cond_wake_all(struct ud_cond *cond)
{
    (void)pthread_cond_broadcast(&cond->cond);
}
