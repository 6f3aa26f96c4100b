#include "platform/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "last_words.h"
#include "platform/host.h"
#include "unix_fail.h"
#include "util/mem.h"
#include "util/patience.h"

extern char **environ;

enum { PIECE = 4096 };

struct ud_program {
    pid_t pid;  /* 0: it has been waited for */
    int status; /* as of waitpid, then */
    int socket;
    int errors; /* its standard error, not blocking */
    struct ud_last_words says;
};

bool ud_program_ssh_shares_logins(void)
{
    return true;
}

static void program_close(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
}

/* Its ends of the socket and of the pipe are *input and *errors. */
static enum ud_code program_connect(struct ud_program *program, int *input, int *errors,
                                    struct ud_error *err)
{
    int pair[2] = {-1, -1};
    int tube[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        return ud_unix_fail(err, errno, "cannot make a pair of sockets");
    }
    program->socket = pair[0];
    *input = pair[1];
    if (pipe(tube) != 0) {
        return ud_unix_fail(err, errno, "cannot make a pipe");
    }
    program->errors = tube[0];
    *errors = tube[1];
    for (int i = 0; i < 2; i++) {
        (void)fcntl(pair[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(tube[i], F_SETFD, FD_CLOEXEC);
    }
    (void)fcntl(program->errors, F_SETFL, O_NONBLOCK);
    return UD_OK;
}

/* Ctrl-C goes to all programs of the terminal: this one does not take it. */
static enum ud_code program_spawn(struct ud_program *program, const char *const *argv, int input,
                                  int errors, struct ud_error *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t blocked;
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGINT);
    (void)sigaddset(&blocked, SIGQUIT);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, input, STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    (void)posix_spawnattr_setsigmask(&attributes, &blocked);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const int why = posix_spawnp(&program->pid, argv[0], &actions, &attributes,
                                 (char *const *)(uintptr_t)argv, environ);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (why == 0) {
        return UD_OK;
    }
    program->pid = 0;
    return ud_fail(err, why == ENOENT ? UD_ERR_NOT_FOUND : UD_ERR_DENIED, NULL, "%s: %s", argv[0],
                   strerror(why));
}

enum ud_code ud_program_open(const char *const *argv, struct ud_program **ret,
                             uintptr_t *ret_socket, struct ud_error *err)
{
    struct ud_program *program = ud_alloc(1, sizeof *program);
    int input = -1;
    int errors = -1;
    *program = (struct ud_program){.socket = -1, .errors = -1};
    enum ud_code rc = program_connect(program, &input, &errors, err);
    if (rc == UD_OK) {
        rc = program_spawn(program, argv, input, errors, err);
    }
    program_close(&input);
    program_close(&errors);
    if (rc != UD_OK) {
        ud_program_free(program);
        return rc;
    }
    *ret = program;
    *ret_socket = (uintptr_t)program->socket;
    return UD_OK;
}

static void program_listen(struct ud_program *program)
{
    char piece[PIECE];
    ssize_t n = 0;
    while ((n = read(program->errors, piece, sizeof piece)) > 0) {
        ud_last_words_add(&program->says, piece, (size_t)n);
    }
}

/* Whether it has ended within limit_ms; what it writes meanwhile is taken. */
static bool program_await(struct ud_program *program, unsigned limit_ms)
{
    const uint64_t deadline = ud_host_now_ms() + limit_ms;
    while (program->pid != 0) {
        program_listen(program);
        const pid_t ended = waitpid(program->pid, &program->status, WNOHANG);
        if (ended == program->pid || (ended < 0 && errno != EINTR)) {
            program->pid = 0;
            program_listen(program);
            break;
        }
        if (ud_host_now_ms() >= deadline) {
            break;
        }
        struct pollfd poller = {.fd = program->errors, .events = POLLIN};
        (void)poll(&poller, 1, UD_PATIENCE_PROGRAM_POLL_MS);
    }
    return program->pid == 0;
}

static int exit_code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool ud_program_failed(struct ud_program *program, int *ret_exit, const char **ret_says)
{
    if (!program_await(program, UD_PATIENCE_PROGRAM_END_MS) || exit_code_of(program->status) == 0) {
        return false;
    }
    *ret_exit = exit_code_of(program->status);
    *ret_says = program->says.text;
    return true;
}

/* Nothing more is wanted of it: it need not come to an end by itself. */
void ud_program_free(struct ud_program *program)
{
    if (program == NULL) {
        return;
    }
    program_close(&program->socket);
    if (program->pid > 0) {
        (void)kill(program->pid, SIGTERM);
    }
    if (!program_await(program, UD_PATIENCE_PROGRAM_END_MS)) {
        (void)kill(program->pid, SIGKILL);
        (void)program_await(program, UD_PATIENCE_PROGRAM_END_MS);
    }
    program_close(&program->errors);
    free(program);
}
