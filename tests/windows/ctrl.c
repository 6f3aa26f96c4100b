/* Runs a program in its own console, and after a while sends it what a user's keys would:
 *
 *   ctrl.exe c|break MILLISECONDS PROGRAM [ARGUMENT...]
 *
 * Ends with the program's exit code, or with 111 when the event cannot be sent. The arguments must
 * not need quotes. */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_MAX = 8000 };

static int die(const char *what)
{
    fprintf(stderr, "ctrl: %s: error %lu\n", what, (unsigned long)GetLastError());
    return 111;
}

/* Standard handles may be files of the parent system; the child gets the same. */
static BOOL start(char *command, PROCESS_INFORMATION *ret)
{
    STARTUPINFOA info = {
        .cb = sizeof info,
        .dwFlags = STARTF_USESTDHANDLES,
        .hStdInput = GetStdHandle(STD_INPUT_HANDLE),
        .hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE),
        .hStdError = GetStdHandle(STD_ERROR_HANDLE),
    };
    return CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &info, ret);
}

/* All that share the console get it, this program too. */
static BOOL WINAPI ignore(DWORD event)
{
    (void)event;
    return TRUE;
}

static BOOL press(const char *key)
{
    return GenerateConsoleCtrlEvent(strcmp(key, "break") == 0 ? CTRL_BREAK_EVENT : CTRL_C_EVENT, 0);
}

int main(int argc, char **argv)
{
    char command[COMMAND_MAX] = "";
    PROCESS_INFORMATION child;
    DWORD code = 111;
    if (argc < 4) {
        return die("usage");
    }
    for (int i = 3; i < argc; i++) {
        if (strlen(command) + strlen(argv[i]) + 2 > sizeof command) {
            return die("too many arguments");
        }
        strcat(strcat(command, i > 3 ? " " : ""), argv[i]);
    }
    SetConsoleCtrlHandler(ignore, TRUE);
    if (!start(command, &child)) {
        return die(command);
    }
    Sleep((DWORD)strtoul(argv[2], NULL, 10));
    if (!press(argv[1])) {
        return die("the event cannot be sent");
    }
    WaitForSingleObject(child.hProcess, INFINITE);
    GetExitCodeProcess(child.hProcess, &code);
    return (int)code;
}
