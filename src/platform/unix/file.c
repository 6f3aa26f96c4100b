#include "platform/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unix_fail.h"
#include "util/mem.h"

struct ud_file {
    int fd;
    char *path;
};

/* Larger single reads and writes fail on some systems (macOS: 2 GiB). */
enum { IO_MAX = 1 << 30 };

static struct ud_file *file_new(int fd, const char *path)
{
    struct ud_file *file = ud_alloc(1, sizeof *file);
    file->fd = fd;
    file->path = ud_strdup(path);
    return file;
}

enum ud_code ud_file_open(const char *path, struct ud_file **ret, struct ud_error *err)
{
    /* O_NONBLOCK: a pipe by that name must not make us wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return ud_unix_fail(err, errno, "cannot open %s", path);
    }
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        (void)close(fd);
        return ud_unix_fail(err, EISDIR, "cannot open %s", path);
    }
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    *ret = file_new(fd, path);
    return UD_OK;
}

enum ud_code ud_file_create(const char *path, bool private_, struct ud_file **ret,
                            struct ud_error *err)
{
    int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, private_ ? 0600 : 0644);
    if (fd < 0 && errno == EEXIST) {
        return ud_fail(err, UD_ERR_BUSY, NULL, "cannot create %s: it exists", path);
    }
    if (fd < 0) {
        return ud_unix_fail(err, errno, "cannot create %s", path);
    }
    *ret = file_new(fd, path);
    return UD_OK;
}

enum ud_code ud_file_read(struct ud_file *file, void *buf, size_t len, size_t *ret_n,
                          struct ud_error *err)
{
    ssize_t n;
    do {
        n = read(file->fd, buf, len < IO_MAX ? len : IO_MAX);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return ud_unix_fail(err, errno, "cannot read %s", file->path);
    }
    *ret_n = (size_t)n;
    return UD_OK;
}

enum ud_code ud_file_write(struct ud_file *file, const void *data, size_t len, struct ud_error *err)
{
    const char *next = data;
    while (len > 0) {
        ssize_t n = write(file->fd, next, len < IO_MAX ? len : IO_MAX);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return ud_unix_fail(err, n < 0 ? errno : EIO, "cannot write %s", file->path);
        }
        next += n;
        len -= (size_t)n;
    }
    return UD_OK;
}

enum ud_code ud_file_size(struct ud_file *file, uint64_t *ret, struct ud_error *err)
{
    struct stat st;
    if (fstat(file->fd, &st) != 0) {
        return ud_unix_fail(err, errno, "cannot look at %s", file->path);
    }
    *ret = st.st_size > 0 ? (uint64_t)st.st_size : 0;
    return UD_OK;
}

enum ud_code ud_file_rewind(struct ud_file *file, struct ud_error *err)
{
    if (lseek(file->fd, 0, SEEK_SET) != 0) {
        return ud_unix_fail(err, errno, "cannot go back in %s", file->path);
    }
    return UD_OK;
}

static int sync_fd(int fd)
{
    /* Pipes and some network file systems cannot, which is no failure. */
    return fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP ? errno : 0;
}

enum ud_code ud_file_close(struct ud_file *file, bool sync, struct ud_error *err)
{
    if (file == NULL) {
        return UD_OK;
    }
    int errnum = sync ? sync_fd(file->fd) : 0;
    /* After EINTR the descriptor is gone on Linux: not to be closed again. */
    if (close(file->fd) != 0 && errnum == 0 && errno != EINTR) {
        errnum = errno;
    }
    file->fd = -1;
    enum ud_code rc = UD_OK;
    if (errnum != 0) {
        rc = ud_unix_fail(err, errnum, "cannot write %s", file->path);
    }
    free(file->path);
    free(file);
    return rc;
}

void ud_file_free(struct ud_file *file)
{
    (void)!ud_file_close(file, false, NULL);
}
