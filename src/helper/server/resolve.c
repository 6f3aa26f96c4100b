#include "server/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/ops.h"
#include "util/mem.h"
#include "util/patience.h"

/* A question to the C library, which a thread waits with. Whoever leaves it last frees it:
 * after a signal that is the thread, if the process lives on so long. */
struct resolve_job {
    char *name;
    struct addrinfo *list;
    int code;
    int done[2];          /* a pipe, which the thread closes its end of to wake who polls it */
    atomic_bool answered; /* list and code are there */
    atomic_bool left;
};

static void job_leave(struct resolve_job *job)
{
    if (!atomic_exchange(&job->left, true)) {
        return;
    }
    if (job->list != NULL) {
        freeaddrinfo(job->list);
    }
    (void)close(job->done[0]);
    free(job->name);
    free(job);
}

static void *job_run(void *ctx)
{
    struct resolve_job *job = ctx;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    job->code = getaddrinfo(job->name, NULL, &hints, &job->list);
    atomic_store(&job->answered, true);
    (void)close(job->done[1]);
    job_leave(job);
    return NULL;
}

static int job_start(struct resolve_job *job)
{
    pthread_t thread;
    sigset_t all;
    sigset_t old;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old); /* signals are for the thread that watches */
    int why = pthread_create(&thread, NULL, job_run, job);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (why == 0) {
        (void)pthread_detach(thread);
    }
    return why;
}

enum ud_code ud_resolve_failed(const char *name, int code, struct ud_error *err)
{
    if (code == EAI_AGAIN) {
        return ud_fail(err, UD_ERR_UNREACHABLE,
                       "Look at the VM's connection to its name server, or give the address "
                       "instead of the name.",
                       "no name server answers the question for %s", name);
    }
    if (code == EAI_MEMORY || code == EAI_SYSTEM) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot look up %s: %s", name,
                       gai_strerror(code));
    }
    return ud_fail(err, UD_ERR_NOT_FOUND, "Look for a typing error, or give the address.",
                   "there is no machine called %s, as far as the VM's name server knows", name);
}

static void collect_family(const struct addrinfo *list, int family, struct ud_strv *ret)
{
    char text[NI_MAXHOST];
    for (; list != NULL && ret->len < UD_OPS_ADDRESSES_MAX; list = list->ai_next) {
        if (list->ai_family == family &&
            getnameinfo(list->ai_addr, list->ai_addrlen, text, sizeof text, NULL, 0,
                        NI_NUMERICHOST) == 0 &&
            !ud_strv_has(ret, text)) {
            ud_strv_add(ret, text);
        }
    }
}

void ud_resolve_collect(const struct addrinfo *list, struct ud_strv *ret)
{
    collect_family(list, AF_INET, ret);
    collect_family(list, AF_INET6, ret);
}

static enum ud_code job_await(const struct ud_kernel *kernel, struct resolve_job *job,
                              struct ud_strv *ret, struct ud_error *err)
{
    struct pollfd done = {.fd = job->done[0], .events = POLLIN};
    while (!atomic_load(&job->answered)) {
        int ready = poll(&done, 1, UD_PATIENCE_SERVER_POLL_MS);
        if (ready <= 0 && kernel->stopped(kernel->ctx)) {
            return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted");
        }
    }
    if (job->code != 0) {
        return ud_resolve_failed(job->name, job->code, err);
    }
    ud_resolve_collect(job->list, ret);
    return ret->len > 0 ? UD_OK : ud_resolve_failed(job->name, EAI_NONAME, err);
}

enum ud_code ud_resolve(const struct ud_kernel *kernel, const char *name, struct ud_strv *ret,
                        struct ud_error *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot make a pipe: %s", strerror(errno));
    }
    struct resolve_job *job = ud_alloc(1, sizeof *job);
    job->name = ud_strdup(name);
    job->done[0] = ends[0];
    job->done[1] = ends[1];
    int why = job_start(job);
    if (why != 0) {
        (void)close(ends[1]);
        atomic_store(&job->left, true);
        job_leave(job);
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot start a thread: %s", strerror(why));
    }
    enum ud_code rc = job_await(kernel, job, ret, err);
    job_leave(job);
    return rc;
}
