/* A child's standard handles are no sockets on Windows: a thread carries the bytes between a pair
 * of sockets and two pipes. */
#include "platform/program.h"

#include <stdlib.h>

#include "command.h"
#include "last_words.h"
#include "pipe/pipe_parts.h"
#include "platform/host.h"
#include "platform/thread.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

enum { TUBE = 64 * 1024 };

struct ud_program {
    SOCKET outer; /* the caller's end */
    SOCKET inner;
    HANDLE input; /* of its standard handles our ends: the first two are overlapped; */
    HANDLE output;
    HANDLE errors; /* the third is only looked at */
    HANDLE child;
    HANDLE job;  /* what the child has started ends with it */
    HANDLE stop; /* signalled when the caller wants no more */
    struct ud_thread *thread;
    struct ud_last_words says;
};

/* The child's ends, which are no longer ours once it has started. */
struct program_ends {
    HANDLE input;
    HANDLE output;
    HANDLE errors;
};

bool ud_program_ssh_shares_logins(void)
{
    return false;
}

/* ---- the handles ---- */

static HANDLE handle_or_null(HANDLE handle)
{
    return handle != INVALID_HANDLE_VALUE ? handle : NULL;
}

/* A pipe that can be waited for on our side has a name, which nobody can guess, and room for one
 * on the other side. to_child: the child reads. */
static enum ud_code program_tube(bool to_child, HANDLE *ret_ours, HANDLE *ret_theirs,
                                 struct ud_error *err)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    uint64_t secret[2];
    ud_host_random(secret, sizeof secret);
    char *name = ud_strf("\\\\.\\pipe\\usbipd-desktop-%016llx%016llx",
                         (unsigned long long)secret[0], (unsigned long long)secret[1]);
    wchar_t *wide = ud_win_wide(name);
    *ret_ours = handle_or_null(CreateNamedPipeW(
        wide,
        (to_child ? PIPE_ACCESS_OUTBOUND : PIPE_ACCESS_INBOUND) | FILE_FLAG_OVERLAPPED |
            FILE_FLAG_FIRST_PIPE_INSTANCE,
        PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1, TUBE, TUBE, 0, NULL));
    if (*ret_ours != NULL) {
        *ret_theirs = handle_or_null(CreateFileW(wide, to_child ? GENERIC_READ : GENERIC_WRITE, 0,
                                                 &inherited, OPEN_EXISTING, 0, NULL));
    }
    const DWORD why = GetLastError();
    free(wide);
    free(name);
    return *ret_theirs != NULL ? UD_OK : ud_win_fail(err, why, "cannot make a pipe");
}

static enum ud_code program_connect(struct ud_program *program, struct program_ends *ends,
                                    struct ud_error *err)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    SOCKET pair[2];
    UD_TRY(ud_win_socket_pair(pair, err));
    program->outer = pair[0];
    program->inner = pair[1];
    UD_TRY(program_tube(true, &program->input, &ends->input, err));
    UD_TRY(program_tube(false, &program->output, &ends->output, err));
    program->stop = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (program->stop == NULL || !CreatePipe(&program->errors, &ends->errors, &inherited, TUBE) ||
        !SetHandleInformation(program->errors, HANDLE_FLAG_INHERIT, 0)) {
        return ud_win_fail(err, GetLastError(), "cannot make a pipe");
    }
    return UD_OK;
}

/* ---- the child ---- */

/* Ends with this process, too, however that ends. */
static HANDLE program_job(HANDLE child)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    HANDLE job = CreateJobObjectW(NULL, NULL);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (job != NULL &&
        (!SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits) ||
         !AssignProcessToJobObject(job, child))) {
        ud_win_close(&job);
    }
    return job;
}

/* The child gets these handles and no other that some thread has made inheritable. It shares the
 * console, if there is one, and a group of its own does not get Ctrl-C. */
static BOOL program_create(wchar_t *file, wchar_t *line, const struct program_ends *ends,
                           PROCESS_INFORMATION *ret)
{
    HANDLE handles[] = {ends->input, ends->output, ends->errors};
    STARTUPINFOEXW startup = {.StartupInfo = {.cb = sizeof startup,
                                              .dwFlags = STARTF_USESTDHANDLES,
                                              .hStdInput = ends->input,
                                              .hStdOutput = ends->output,
                                              .hStdError = ends->errors}};
    const DWORD console = GetConsoleWindow() == NULL ? CREATE_NO_WINDOW : 0;
    SIZE_T size = 0;
    (void)InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    startup.lpAttributeList = ud_alloc(size, 1);
    BOOL done =
        InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &size) &&
        UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                                  handles, sizeof handles, NULL, NULL);
    if (done) {
        done = CreateProcessW(file, line, NULL, NULL, TRUE,
                              EXTENDED_STARTUPINFO_PRESENT | CREATE_NEW_PROCESS_GROUP |
                                  CREATE_SUSPENDED | console,
                              NULL, NULL, &startup.StartupInfo, ret);
        DeleteProcThreadAttributeList(startup.lpAttributeList);
    }
    free(startup.lpAttributeList);
    return done;
}

static enum ud_code program_spawn(struct ud_program *program, const char *const *argv,
                                  const struct program_ends *ends, struct ud_error *err)
{
    PROCESS_INFORMATION started = {0};
    wchar_t *file = NULL;
    UD_TRY(ud_win_command_find(argv[0], &file, err));
    wchar_t *line = ud_win_command_line(argv[0], argv + 1);
    const BOOL done = program_create(file, line, ends, &started);
    const DWORD why = GetLastError();
    free(line);
    free(file);
    if (!done) {
        return ud_fail(err, UD_ERR_DENIED, NULL, "%s cannot be run (error %lu)", argv[0],
                       (unsigned long)why);
    }
    program->child = started.hProcess;
    program->job = program_job(started.hProcess);
    (void)ResumeThread(started.hThread);
    (void)CloseHandle(started.hThread);
    return UD_OK;
}

/* ---- the bytes ---- */

struct program_bridge {
    struct ud_program *program;
    struct ud_flow up; /* to its standard input */
    struct ud_flow down;
};

/* Closing its input is what tells it that no more comes; what is on the way still arrives. */
static void pass_on_end_of_input(void *arg)
{
    struct program_bridge *bridge = arg;
    if (bridge->up.state == UD_FLOW_OVER) {
        ud_win_close(&bridge->program->input);
    }
}

static void program_carry(void *arg)
{
    struct ud_program *program = arg;
    struct program_bridge bridge = {
        .program = program,
        .up = {.pipe = program->input, .socket = program->inner, .to_pipe = true},
        .down = {.pipe = program->output, .socket = program->inner},
    };
    if (ud_flow_start(&bridge.up, NULL) == UD_OK && ud_flow_start(&bridge.down, NULL) == UD_OK) {
        ud_flow_carry(&bridge.up, &bridge.down, program->stop, pass_on_end_of_input, &bridge);
    }
    ud_flow_done(&bridge.up);
    ud_flow_done(&bridge.down);
    (void)closesocket(program->inner);
    program->inner = INVALID_SOCKET;
}

static enum ud_code program_begin(struct ud_program *program, const char *const *argv,
                                  struct ud_error *err)
{
    struct program_ends ends = {0};
    enum ud_code rc = program_connect(program, &ends, err);
    if (rc == UD_OK) {
        rc = program_spawn(program, argv, &ends, err);
    }
    ud_win_close(&ends.input);
    ud_win_close(&ends.output);
    ud_win_close(&ends.errors);
    if (rc == UD_OK) {
        rc = ud_thread_start(program_carry, program, &program->thread, err);
    }
    return rc;
}

enum ud_code ud_program_open(const char *const *argv, struct ud_program **ret,
                             uintptr_t *ret_socket, struct ud_error *err)
{
    WSADATA data;
    const int error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0) {
        return ud_win_fail(err, (DWORD)error, "there are no sockets");
    }
    struct ud_program *program = ud_alloc(1, sizeof *program);
    *program = (struct ud_program){.outer = INVALID_SOCKET, .inner = INVALID_SOCKET};
    enum ud_code rc = program_begin(program, argv, err);
    if (rc != UD_OK) {
        ud_program_free(program);
        return rc;
    }
    *ret = program;
    *ret_socket = program->outer;
    return UD_OK;
}

/* ---- its end ---- */

static void program_listen(struct ud_program *program)
{
    char piece[4096];
    DWORD there = 0;
    DWORD n = 0;
    while (PeekNamedPipe(program->errors, NULL, 0, NULL, &there, NULL) && there > 0 &&
           ReadFile(program->errors, piece, sizeof piece, &n, NULL)) {
        ud_last_words_add(&program->says, piece, n);
    }
}

/* Whether it has ended within limit_ms; what it writes meanwhile is taken. */
static bool program_await(struct ud_program *program, unsigned limit_ms)
{
    const uint64_t deadline = ud_host_now_ms() + limit_ms;
    bool ended = false;
    while (!ended) {
        program_listen(program);
        ended = WaitForSingleObject(program->child, UD_PATIENCE_PROGRAM_POLL_MS) == WAIT_OBJECT_0;
        if (!ended && ud_host_now_ms() >= deadline) {
            break;
        }
    }
    program_listen(program);
    return ended;
}

bool ud_program_failed(struct ud_program *program, int *ret_exit, const char **ret_says)
{
    DWORD code = 0;
    if (!program_await(program, UD_PATIENCE_PROGRAM_END_MS) ||
        !GetExitCodeProcess(program->child, &code) || code == 0) {
        return false;
    }
    *ret_exit = (int)code;
    *ret_says = program->says.text;
    return true;
}

static void program_end(struct ud_program *program)
{
    if (program->job == NULL || !TerminateJobObject(program->job, 1)) {
        (void)TerminateProcess(program->child, 1);
    }
    (void)WaitForSingleObject(program->child, UD_PATIENCE_PROGRAM_END_MS);
}

void ud_program_free(struct ud_program *program)
{
    if (program == NULL) {
        return;
    }
    if (program->thread != NULL) {
        (void)SetEvent(program->stop);
        ud_thread_join(program->thread);
    }
    if (program->child != NULL) {
        program_end(program);
    }
    SOCKET *const sockets[] = {&program->outer, &program->inner};
    for (size_t i = 0; i < 2; i++) {
        if (*sockets[i] != INVALID_SOCKET) {
            (void)closesocket(*sockets[i]);
        }
    }
    ud_win_close(&program->input);
    ud_win_close(&program->output);
    ud_win_close(&program->errors);
    ud_win_close(&program->child);
    ud_win_close(&program->job);
    ud_win_close(&program->stop);
    free(program);
    (void)WSACleanup();
}
