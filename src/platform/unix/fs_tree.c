#include "platform/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unix_fail.h"
#include "util/mem.h"

/* A directory in which nothing of ours has so many entries. */
enum { NAMES_MAX = 1000000 };

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void append_all(struct ud_strv *names, const struct ud_strv *more)
{
    for (size_t i = 0; i < more->len; i++) {
        ud_strv_add(names, more->items[i]);
    }
}

/* errno of the failure, or 0. */
static int read_names(DIR *dir, struct ud_strv *names)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL) {
            return errno;
        }
        if (names->len >= NAMES_MAX) {
            return EFBIG;
        }
        if (!is_dot(entry->d_name)) {
            ud_strv_add(names, entry->d_name);
        }
    }
}

enum ud_code ud_fs_list(const char *path, struct ud_strv *names, struct ud_error *err)
{
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return ud_unix_fail(err, errno, "cannot list %s", path);
    }
    struct ud_strv found = {0};
    int errnum = read_names(dir, &found);
    (void)closedir(dir);
    enum ud_code rc = UD_OK;
    if (errnum != 0) {
        rc = ud_unix_fail(err, errnum, "cannot list %s", path);
    } else {
        ud_strv_sort_unique(&found);
        append_all(names, &found);
    }
    ud_strv_done(&found);
    return rc;
}

/* Removing: by descriptors, so that nobody can put a link in our way. The
 * first failure is kept in *errnum. */
static void remove_at(int parent, const char *name, int *errnum);

static void keep_first(int *errnum, int found)
{
    if (*errnum == 0 && found != ENOENT) {
        *errnum = found;
    }
}

static void empty_dir(int fd, int *errnum)
{
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        keep_first(errnum, errno);
        (void)close(fd);
        return;
    }
    /* Names first: what readdir returns while entries vanish is not defined well. */
    struct ud_strv names = {0};
    int failed = read_names(dir, &names);
    if (failed != 0) {
        keep_first(errnum, failed);
    }
    for (size_t i = 0; i < names.len; i++) {
        remove_at(dirfd(dir), names.items[i], errnum);
    }
    ud_strv_done(&names);
    (void)closedir(dir);
}

static void remove_at(int parent, const char *name, int *errnum)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) {
        return;
    }
    int failed = errno;
    /* EISDIR on Linux, EPERM elsewhere: see whether it is a directory. */
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        keep_first(errnum, failed == EISDIR ? errno : failed);
        return;
    }
    empty_dir(fd, errnum);
    if (unlinkat(parent, name, AT_REMOVEDIR) != 0) {
        keep_first(errnum, errno);
    }
}

enum ud_code ud_fs_remove_tree(const char *path, struct ud_error *err)
{
    int errnum = 0;
    remove_at(AT_FDCWD, path, &errnum);
    return errnum == 0 ? UD_OK : ud_unix_fail(err, errnum, "cannot remove %s", path);
}
