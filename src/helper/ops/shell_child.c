#include "ops/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "util/mem.h"

/* include/uapi/asm-generic/ioctls.h since 4.13. */
#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif

/* From the master itself: its path may lead to another terminal, where /dev/pts is another
 * mount than the one of /dev/ptmx. Kernels before 4.13 know only the path. */
static int open_slave(int master)
{
    const int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
    char path[32];
    if (unlockpt(master) != 0) {
        return -1;
    }
    int slave = ioctl(master, TIOCGPTPEER, flags);
    if (slave >= 0 || ptsname_r(master, path, sizeof path) != 0) {
        return slave;
    }
    return open(path, flags);
}

int ud_shell_pty(int fd, int *ret_master, int *ret_slave)
{
    struct termios modes;
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    int slave = master >= 0 ? open_slave(master) : -1;
    if (slave < 0) {
        int why = errno;
        if (master >= 0) {
            (void)close(master);
        }
        return why;
    }
    if (tcgetattr(fd, &modes) == 0) {
        (void)tcsetattr(slave, TCSANOW, &modes);
    }
    ud_child_copy_size(fd, slave);
    *ret_master = master;
    *ret_slave = slave;
    return 0;
}

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
        _exit(UD_CHILD_CANNOT_RUN);
    }
    free(kept);
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
    _exit(UD_CHILD_NOT_FOUND);
}

_Noreturn void ud_shell_become(char **argv, int terminal, const sigset_t *signals)
{
    ud_child_take_terminal(terminal);
    ud_child_reset_signals(signals);
    set_environment();
    if (argv[0] == NULL) {
        exec_shell(isatty(STDIN_FILENO) == 1);
    }
    (void)setenv("SHELL", shells[1].path, 1);
    (void)execvp(argv[0], argv);
    int why = errno;
    (void)fprintf(stderr, "usbipd-desktop: cannot run %s in the VM: %s\n", argv[0], strerror(why));
    _exit(ud_child_cannot_run(why));
}
