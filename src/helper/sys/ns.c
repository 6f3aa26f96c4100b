#include "sys/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REMEDY "Let the engine run privileged containers with the process namespace of its machine."

/* Mount is last in being entered: after it /proc may be another one. */
static const struct {
    const char *file;
    const char *what;
    int type;
    enum ud_reach least;
    bool may_lack; /* kernels can be built without it */
} spaces[] = {
    {"ipc", "IPC", CLONE_NEWIPC, UD_REACH_ALL, true},
    {"cgroup", "cgroup", CLONE_NEWCGROUP, UD_REACH_ALL, true},
    {"pid", "process", CLONE_NEWPID, UD_REACH_ALL, false},
    {"net", "network", CLONE_NEWNET, UD_REACH_MODULES, false},
    {"uts", "UTS", CLONE_NEWUTS, UD_REACH_FILES, false},
    {"mnt", "mount", CLONE_NEWNS, UD_REACH_FILES, false},
};

enum { SPACES = sizeof spaces / sizeof spaces[0] };

/* With pid=host the container has a mount namespace of its own, and process 1
 * another one. */
static enum ud_code check_foreign(struct ud_error *err)
{
    struct stat own;
    struct stat first;
    if (stat("/proc/self/ns/mnt", &own) != 0 || stat("/proc/1/ns/mnt", &first) != 0) {
        int why = errno;
        return ud_fail(err, why == EACCES || why == EPERM ? UD_ERR_DENIED : UD_ERR_ENGINE, REMEDY,
                       "cannot look at the namespaces of the VM's process 1: %s", strerror(why));
    }
    if (own.st_ino == first.st_ino && own.st_dev == first.st_dev) {
        return ud_fail(err, UD_ERR_ENGINE, REMEDY,
                       "process 1 is not the VM's: the container does not share its processes");
    }
    return UD_OK;
}

static enum ud_code enter_one(size_t i, int fd, struct ud_error *err)
{
    int why = errno;
    if (fd < 0 && why == ENOENT && spaces[i].may_lack) {
        return UD_OK;
    }
    if (fd >= 0 && setns(fd, spaces[i].type) == 0) {
        return UD_OK;
    }
    why = fd >= 0 ? errno : why;
    return ud_fail(err, why == EPERM || why == EACCES ? UD_ERR_DENIED : UD_ERR_ENGINE, REMEDY,
                   "cannot enter the VM's %s namespace: %s", spaces[i].what, strerror(why));
}

enum ud_code ud_ns_enter(enum ud_reach reach, struct ud_error *err)
{
    enum ud_code rc = check_foreign(err);
    for (size_t i = 0; i < SPACES && rc == UD_OK; i++) {
        char path[64];
        if (reach < spaces[i].least) {
            continue;
        }
        (void)snprintf(path, sizeof path, "/proc/1/ns/%s", spaces[i].file);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        rc = enter_one(i, fd, err);
        if (fd >= 0) {
            (void)close(fd);
        }
    }
    return rc;
}
