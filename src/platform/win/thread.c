#include "platform/thread.h"

#include <process.h>
#include <stdlib.h>

#include "util/mem.h"
#include "wide.h"

struct ud_thread {
    HANDLE handle;
    void (*fn)(void *arg);
    void *arg;
};

struct ud_mutex {
    SRWLOCK lock;
};

struct ud_cond {
    CONDITION_VARIABLE cond;
};

static unsigned __stdcall thread_run(void *arg)
{
    struct ud_thread *thread = arg;
    thread->fn(thread->arg);
    return 0;
}

enum ud_code ud_thread_start(void (*fn)(void *arg), void *arg, struct ud_thread **ret,
                             struct ud_error *err)
{
    struct ud_thread *thread = ud_alloc(1, sizeof *thread);
    thread->fn = fn;
    thread->arg = arg;
    thread->handle = (HANDLE)_beginthreadex(NULL, 0, thread_run, thread, 0, NULL);
    if (thread->handle == NULL) {
        free(thread);
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot start a thread");
    }
    *ret = thread;
    return UD_OK;
}

void ud_thread_join(struct ud_thread *thread)
{
    if (thread != NULL) {
        (void)WaitForSingleObject(thread->handle, INFINITE);
        (void)CloseHandle(thread->handle);
        free(thread);
    }
}

struct ud_mutex *ud_mutex_new(void)
{
    struct ud_mutex *mutex = ud_alloc(1, sizeof *mutex);
    InitializeSRWLock(&mutex->lock);
    return mutex;
}

void ud_mutex_free(struct ud_mutex *mutex)
{
    free(mutex);
}

void ud_mutex_lock(struct ud_mutex *mutex)
{
    AcquireSRWLockExclusive(&mutex->lock);
}

void ud_mutex_unlock(struct ud_mutex *mutex)
{
    ReleaseSRWLockExclusive(&mutex->lock);
}

struct ud_cond *ud_cond_new(void)
{
    struct ud_cond *cond = ud_alloc(1, sizeof *cond);
    InitializeConditionVariable(&cond->cond);
    return cond;
}

void ud_cond_free(struct ud_cond *cond)
{
    free(cond);
}

void ud_cond_wait(struct ud_cond *cond, struct ud_mutex *mutex)
{
    (void)SleepConditionVariableSRW(&cond->cond, &mutex->lock, INFINITE, 0);
}

void ud_cond_wake_all(struct ud_cond *cond)
{
    WakeAllConditionVariable(&cond->cond);
}
