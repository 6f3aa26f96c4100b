#include "platform/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/host.h"
#include "unix_fail.h"
#include "util/mem.h"
#include "util/patience.h"

extern char **environ;

enum { PIECE = 4096 };

/* What the child has as its standard input and output, and we at the other end. */
struct process_ends {
    int input[2]; /* a socket, so that a child that does not read raises no SIGPIPE */
    int output[2];
    pid_t pid;
};

static void process_close(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
}

static enum ud_code process_open(struct process_ends *ends, struct ud_error *err)
{
    *ends = (struct process_ends){{-1, -1}, {-1, -1}, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends->input) != 0 || pipe(ends->output) != 0) {
        return ud_unix_fail(err, errno, "cannot make a pipe");
    }
    for (int i = 0; i < 2; i++) {
        (void)fcntl(ends->input[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(ends->output[i], F_SETFD, FD_CLOEXEC);
    }
    (void)fcntl(ends->output[0], F_SETFL, O_NONBLOCK);
    return UD_OK;
}

/* In a process group of its own, so that what it starts can be killed with it, and Ctrl-C is ours.
 */
static enum ud_code process_spawn(const struct ud_process *process, struct process_ends *ends,
                                  struct ud_error *err)
{
    size_t count = 0;
    while (process->arguments[count] != NULL) {
        count++;
    }
    char **argv = ud_alloc(count + 2, sizeof *argv); /* the last stays NULL */
    argv[0] = (char *)(uintptr_t)process->program;
    for (size_t i = 0; i < count; i++) {
        argv[i + 1] = (char *)(uintptr_t)process->arguments[i];
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    (void)sigemptyset(&none);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawn_file_actions_adddup2(&actions, ends->input[1], STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, ends->output[1], STDOUT_FILENO);
    (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    (void)posix_spawnattr_setpgroup(&attributes, 0);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    const int why = posix_spawnp(&ends->pid, argv[0], &actions, &attributes, argv, environ);
    free(argv);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    process_close(&ends->input[1]);
    process_close(&ends->output[1]);
    if (why == 0) {
        return UD_OK;
    }
    ends->pid = -1;
    return ud_fail(err, why == ENOENT ? UD_ERR_NOT_FOUND : UD_ERR_DENIED, NULL, "%s: %s",
                   process->program, strerror(why));
}

static enum ud_code process_too_slow(const struct ud_process *process, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_UNREACHABLE, NULL, "%s did not answer within %u s", process->program,
                   process->limit_ms / 1000);
}

static enum ud_code process_read(const struct ud_process *process, int fd, uint64_t deadline,
                                 struct ud_buf *ret, struct ud_error *err)
{
    char piece[PIECE];
    for (;;) {
        const uint64_t now = ud_host_now_ms();
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        if (now >= deadline) {
            return process_too_slow(process, err);
        }
        if (poll(&poller, 1, (int)(deadline - now)) <= 0) {
            continue;
        }
        const ssize_t n = read(fd, piece, sizeof piece);
        if (n == 0) {
            return UD_OK;
        }
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            return ud_unix_fail(err, errno, "cannot read what %s says", process->program);
        }
        ud_buf_add(ret, piece, n > 0 ? (size_t)n : 0);
        UD_TRY(ud_buf_check(ret, process->program, err));
    }
}

/* A program may close its output and go on. */
static enum ud_code process_await(const struct ud_process *process, pid_t pid, uint64_t deadline,
                                  int *ret_exit, struct ud_error *err)
{
    int status = 0;
    pid_t ended = waitpid(pid, &status, WNOHANG);
    while (ended == 0 && ud_host_now_ms() < deadline) {
        (void)poll(NULL, 0, UD_PATIENCE_HELPER_POLL_MS);
        ended = waitpid(pid, &status, WNOHANG);
    }
    if (ended == 0) {
        return process_too_slow(process, err);
    }
    *ret_exit = ended == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return UD_OK;
}

static enum ud_code process_converse(const struct ud_process *process, struct process_ends *ends,
                                     struct ud_buf *ret, int *ret_exit, struct ud_error *err)
{
    const uint64_t deadline = ud_host_now_ms() + process->limit_ms;
    (void)!send(ends->input[0], process->input, strlen(process->input), MSG_NOSIGNAL);
    process_close(&ends->input[0]);
    enum ud_code rc = process_read(process, ends->output[0], deadline, ret, err);
    if (rc == UD_OK) {
        rc = process_await(process, ends->pid, deadline, ret_exit, err);
    }
    if (rc != UD_OK) {
        (void)kill(-ends->pid, SIGKILL);
        (void)waitpid(ends->pid, NULL, 0);
    }
    return rc;
}

enum ud_code ud_process_run(const struct ud_process *process, struct ud_buf *ret, int *ret_exit,
                            struct ud_error *err)
{
    struct process_ends ends;
    enum ud_code rc = process_open(&ends, err);
    if (rc == UD_OK) {
        rc = process_spawn(process, &ends, err);
    }
    if (rc == UD_OK) {
        rc = process_converse(process, &ends, ret, ret_exit, err);
    }
    for (int i = 0; i < 2; i++) {
        process_close(&ends.input[i]);
        process_close(&ends.output[i]);
    }
    return rc;
}
