#include "platform/lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "unix_fail.h"
#include "util/mem.h"

/* flock() and not fcntl(): its lock belongs to the open file, so that closing another
 * descriptor of the same file, as asking for the state does, does not give it up. */
struct ud_lock_file {
    int fd;
};

enum ud_code ud_lock_file_take(const char *path, struct ud_lock_file **ret, struct ud_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) {
        return ud_unix_fail(err, errno, "cannot open %s", path);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int errnum = errno;
        (void)close(fd);
        return errnum == EWOULDBLOCK ? ud_fail(err, UD_ERR_BUSY, NULL, "%s is locked", path)
                                     : ud_unix_fail(err, errnum, "cannot lock %s", path);
    }
    *ret = ud_alloc(1, sizeof **ret);
    (*ret)->fd = fd;
    return UD_OK;
}

void ud_lock_file_free(struct ud_lock_file *lock)
{
    if (lock != NULL) {
        (void)close(lock->fd);
        free(lock);
    }
}

enum ud_lock_state ud_lock_file_state(const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return UD_LOCK_UNKNOWN;
    }
    enum ud_lock_state state = UD_LOCK_FREE;
    if (flock(fd, LOCK_SH | LOCK_NB) != 0) {
        state = errno == EWOULDBLOCK ? UD_LOCK_HELD : UD_LOCK_UNKNOWN;
    }
    (void)close(fd);
    return state;
}
