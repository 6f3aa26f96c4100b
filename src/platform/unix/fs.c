#include "platform/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "fs_sys.h"
#include "unix_fail.h"
#include "util/mem.h"

bool ud_fs_sys_is_separator(char c)
{
    return c == '/';
}

const char *ud_fs_sys_separator(void)
{
    return "/";
}

const char *ud_fs_sys_separators(void)
{
    return "/";
}

size_t ud_fs_sys_root_len(const char *path)
{
    return path[0] == '/' ? 1 : 0;
}

bool ud_fs_is_absolute(const char *path)
{
    return path[0] == '/';
}

static enum ud_fs_kind kind_of(mode_t mode)
{
    if (S_ISREG(mode)) {
        return UD_FS_FILE;
    }
    if (S_ISDIR(mode)) {
        return UD_FS_DIR;
    }
    return S_ISLNK(mode) ? UD_FS_LINK : UD_FS_OTHER;
}

enum ud_fs_kind ud_fs_kind(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? kind_of(st.st_mode) : UD_FS_NONE;
}

enum ud_code ud_fs_info(const char *path, struct ud_fs_info *ret, struct ud_error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) {
            return ud_unix_fail(err, errno, "cannot look at %s", path);
        }
        *ret = (struct ud_fs_info){.kind = UD_FS_NONE};
        return UD_OK;
    }
    *ret = (struct ud_fs_info){
        .kind = kind_of(st.st_mode),
        .size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0,
        .mtime = (int64_t)st.st_mtime,
        .executable = (st.st_mode & S_IXUSR) != 0,
    };
    return UD_OK;
}

enum ud_code ud_fs_read_link(const char *path, char **ret, struct ud_error *err)
{
    enum { LINK_MAX_LEN = 64 * 1024 };
    char *text = ud_alloc(LINK_MAX_LEN, 1);
    ssize_t n = readlink(path, text, LINK_MAX_LEN - 1);
    if (n < 0) {
        int errnum = errno;
        free(text);
        return ud_unix_fail(err, errnum, "cannot read the link %s", path);
    }
    *ret = ud_strndup(text, (size_t)n);
    free(text);
    return UD_OK;
}

enum ud_code ud_fs_put_link(const char *target, const char *path, struct ud_error *err)
{
    char *temp = ud_fs_temp_sibling(path);
    enum ud_code rc = UD_OK;
    if (symlink(target, temp) != 0) {
        rc = ud_unix_fail(err, errno, "cannot make the link %s", path);
    } else if (rename(temp, path) != 0) {
        rc = ud_unix_fail(err, errno, "cannot make the link %s", path);
        (void)unlink(temp);
    }
    free(temp);
    return rc;
}

enum ud_code ud_fs_sys_mkdir(const char *path, struct ud_error *err)
{
    if (mkdir(path, 0755) == 0) {
        return UD_OK;
    }
    int errnum = errno;
    if (errnum == EEXIST && ud_fs_kind(path) == UD_FS_DIR) {
        return UD_OK; /* another process was faster */
    }
    return ud_unix_fail(err, errnum, "cannot create the directory %s", path);
}

void ud_fs_sys_sync_dir_of(const char *path)
{
    char *dir = ud_fs_dirname(path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(dir);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

enum ud_code ud_fs_sys_unlink(const char *path, struct ud_error *err)
{
    if (unlink(path) != 0 && errno != ENOENT) {
        return ud_unix_fail(err, errno, "cannot remove %s", path);
    }
    return UD_OK;
}

enum ud_code ud_fs_rename(const char *from, const char *to, struct ud_error *err)
{
    if (rename(from, to) != 0) {
        return ud_unix_fail(err, errno, "cannot rename %s to %s", from, to);
    }
    return UD_OK;
}

enum ud_code ud_fs_free_bytes(const char *path, uint64_t *ret, struct ud_error *err)
{
    struct statvfs vfs;
    if (statvfs(path, &vfs) == 0) {
        *ret = (uint64_t)vfs.f_bavail * (uint64_t)vfs.f_frsize;
        return UD_OK;
    }
    int errnum = errno;
    char *parent = ud_fs_dirname(path);
    enum ud_code rc = UD_OK;
    if ((errnum == ENOENT || errnum == ENOTDIR) && strcmp(parent, path) != 0) {
        rc = ud_fs_free_bytes(parent, ret, err);
    } else {
        rc = ud_unix_fail(err, errnum, "cannot ask for the free space of %s", path);
    }
    free(parent);
    return rc;
}
