#include "shell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/mem.h"

enum { CANNOT_RUN = 126, NOT_FOUND = 127 };

/* In the order of preference; busybox alone stands for systems that have no
 * /bin/sh of their own. */
static const struct {
    const char *path;
    const char *name;
} shells[] = {
    {"/bin/bash", "bash"},
    {"/bin/sh", "sh"},
    {"/bin/busybox", "sh"},
};

/* The container's environment is not the VM's; of it only the kind of terminal
 * is kept. */
static void set_environment(void)
{
    const char *term = getenv("TERM");
    char *kept = ud_strdup(term != NULL ? term : "");
    (void)clearenv();
    (void)setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    (void)setenv("USER", "root", 1);
    (void)setenv("LOGNAME", "root", 1);
    if (kept[0] != '\0') {
        (void)setenv("TERM", kept, 1);
    }
    bool home = chdir("/root") == 0;
    (void)setenv("HOME", home ? "/root" : "/", 1);
    if (!home && chdir("/") != 0) {
        _exit(CANNOT_RUN);
    }
    free(kept);
}

/* A session of its own: signals reach the program and what it started, and the
 * terminal is theirs. */
void ud_shell_take_terminal(int terminal)
{
    (void)setsid();
    if (terminal < 0) {
        return;
    }
    (void)ioctl(terminal, TIOCSCTTY, 1); /* 1: also if another session has it */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        (void)dup2(terminal, fd);
    }
}

void ud_shell_reset_signals(const sigset_t *signals)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    (void)sigemptyset(&usual.sa_mask);
    for (int number = 1; number < NSIG; number++) {
        (void)sigaction(number, &usual, NULL);
    }
    (void)sigprocmask(SIG_SETMASK, signals, NULL);
}

static void exec_shell(bool login)
{
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        char *name = ud_strf("%s%s", login ? "-" : "", shells[i].name);
        (void)setenv("SHELL", shells[i].path, 1);
        (void)execl(shells[i].path, name, (char *)NULL);
        free(name);
    }
    (void)fprintf(stderr, "usbipd-desktop: the VM has neither /bin/bash nor /bin/sh nor "
                          "/bin/busybox\n");
    _exit(NOT_FOUND);
}

int ud_shell_cannot_run(int why)
{
    return why == ENOENT || why == ENOTDIR ? NOT_FOUND : CANNOT_RUN;
}

_Noreturn void ud_shell_become(char **argv, int terminal, const sigset_t *signals)
{
    ud_shell_take_terminal(terminal);
    ud_shell_reset_signals(signals);
    set_environment();
    if (argv[0] == NULL) {
        exec_shell(isatty(STDIN_FILENO) == 1);
    }
    (void)setenv("SHELL", shells[1].path, 1);
    (void)execvp(argv[0], argv);
    int why = errno;
    (void)fprintf(stderr, "usbipd-desktop: cannot run %s in the VM: %s\n", argv[0], strerror(why));
    _exit(ud_shell_cannot_run(why));
}
