#include "platform/process.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "platform/host.h"
#include "util/patience.h"

enum { PIECE = 4096 };

struct process_ends {
    HANDLE input[2]; /* the child reads the first */
    HANDLE output[2];
    HANDLE child;
};

static enum ud_code process_open(struct process_ends *ends, struct ud_error *err)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    *ends = (struct process_ends){0};
    if (!CreatePipe(&ends->input[0], &ends->input[1], &inherited, 0) ||
        !CreatePipe(&ends->output[0], &ends->output[1], &inherited, 0)) {
        return ud_win_fail(err, GetLastError(), "cannot make a pipe");
    }
    (void)SetHandleInformation(ends->input[1], HANDLE_FLAG_INHERIT, 0);
    (void)SetHandleInformation(ends->output[0], HANDLE_FLAG_INHERIT, 0);
    return UD_OK;
}

static enum ud_code process_spawn(const struct ud_process *process, struct process_ends *ends,
                                  struct ud_error *err)
{
    wchar_t *found = NULL;
    UD_TRY(ud_win_command_find(process->program, &found, err));
    STARTUPINFOW startup = {.cb = sizeof startup,
                            .dwFlags = STARTF_USESTDHANDLES,
                            .hStdInput = ends->input[0],
                            .hStdOutput = ends->output[1]};
    PROCESS_INFORMATION started = {0};
    wchar_t *line = ud_win_command_line(process->program, process->arguments);
    const BOOL done = CreateProcessW(found, line, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL,
                                     &startup, &started);
    const DWORD why = GetLastError();
    free(line);
    free(found);
    ud_win_close(&ends->input[0]);
    ud_win_close(&ends->output[1]);
    if (!done) {
        return ud_fail(err, UD_ERR_DENIED, NULL, "%s cannot be run (error %lu)", process->program,
                       (unsigned long)why);
    }
    (void)CloseHandle(started.hThread);
    ends->child = started.hProcess;
    return UD_OK;
}

/* Anonymous pipes cannot be waited for with a limit: they are looked at. */
static enum ud_code process_read(const struct ud_process *process, HANDLE pipe, uint64_t deadline,
                                 struct ud_buf *ret, struct ud_error *err)
{
    char piece[PIECE];
    for (;;) {
        DWORD there = 0;
        DWORD n = 0;
        if (!PeekNamedPipe(pipe, NULL, 0, NULL, &there, NULL)) {
            return UD_OK; /* its end */
        }
        if (there == 0) {
            if (ud_host_now_ms() >= deadline) {
                return ud_fail(err, UD_ERR_UNREACHABLE, NULL, "%s did not answer within %u s",
                               process->program, process->limit_ms / 1000);
            }
            Sleep(UD_PATIENCE_HELPER_POLL_MS);
            continue;
        }
        if (!ReadFile(pipe, piece, sizeof piece, &n, NULL)) {
            return UD_OK;
        }
        ud_buf_add(ret, piece, n);
        UD_TRY(ud_buf_check(ret, process->program, err));
    }
}

static enum ud_code process_converse(const struct ud_process *process, struct process_ends *ends,
                                     struct ud_buf *ret, int *ret_exit, struct ud_error *err)
{
    const uint64_t deadline = ud_host_now_ms() + process->limit_ms;
    DWORD written = 0;
    DWORD code = 0;
    (void)WriteFile(ends->input[1], process->input, (DWORD)strlen(process->input), &written, NULL);
    ud_win_close(&ends->input[1]);
    enum ud_code rc = process_read(process, ends->output[0], deadline, ret, err);
    const uint64_t now = ud_host_now_ms();
    if (rc == UD_OK && WaitForSingleObject(ends->child, now < deadline ? (DWORD)(deadline - now)
                                                                       : 0) != WAIT_OBJECT_0) {
        rc = ud_fail(err, UD_ERR_UNREACHABLE, NULL, "%s did not end within %u s", process->program,
                     process->limit_ms / 1000);
    }
    if (rc != UD_OK) {
        (void)TerminateProcess(ends->child, 1);
        return rc;
    }
    *ret_exit = GetExitCodeProcess(ends->child, &code) ? (int)code : -1;
    return UD_OK;
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
    ud_win_close(&ends.child);
    for (int i = 0; i < 2; i++) {
        ud_win_close(&ends.input[i]);
        ud_win_close(&ends.output[i]);
    }
    return rc;
}
