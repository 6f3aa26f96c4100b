#include "ops/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int open_slave(int master)
{
    char path[32];
    if (unlockpt(master) != 0 || ptsname_r(master, path, sizeof path) != 0) {
        return -1;
    }
    return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
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
