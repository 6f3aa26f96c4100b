#include "sys/sysfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool sysfile_join(const char *root, const char *path, char dst[UD_SYSFILE_PATH_MAX])
{
    int n = snprintf(dst, UD_SYSFILE_PATH_MAX, "%s%s", root, path);
    if (n < 0 || n >= UD_SYSFILE_PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    return true;
}

int ud_sysfile_open(const char *root, const char *path, int flags)
{
    char full[UD_SYSFILE_PATH_MAX];
    return sysfile_join(root, path, full) ? open(full, O_RDONLY | O_CLOEXEC | flags) : -1;
}

int ud_sysfile_drain(int fd, struct ud_buf *buf)
{
    char piece[8192];
    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n == 0) {
            return 0;
        }
        if (n > 0) {
            ud_buf_add(buf, piece, (size_t)n);
            if (buf->overflow) {
                return EFBIG;
            }
        } else if (errno != EINTR) {
            return errno;
        }
    }
}

int ud_sysfile_read(const char *root, const char *path, struct ud_buf *buf)
{
    /* O_NONBLOCK: whatever the path turns out to be, opening it does not wait. */
    int fd = ud_sysfile_open(root, path, O_NONBLOCK);
    if (fd < 0) {
        return errno;
    }
    int rc = ud_sysfile_drain(fd, buf);
    (void)close(fd);
    return rc;
}

bool ud_sysfile_line(const char *root, const char *path, char *dst, size_t size)
{
    char text[UD_SYSFILE_LINE_MAX];
    int fd = ud_sysfile_open(root, path, O_NONBLOCK);
    if (fd < 0) {
        return false;
    }
    ssize_t n = read(fd, text, sizeof text - 1);
    (void)close(fd);
    if (n <= 0) {
        return false;
    }
    text[n] = '\0';
    text[strcspn(text, "\n")] = '\0';
    (void)snprintf(dst, size, "%s", text);
    return true;
}

int ud_sysfile_write(const char *root, const char *path, const char *text)
{
    char full[UD_SYSFILE_PATH_MAX];
    int fd = sysfile_join(root, path, full) ? open(full, O_WRONLY | O_CLOEXEC) : -1;
    if (fd < 0) {
        return errno;
    }
    ssize_t n = write(fd, text, strlen(text));
    int why = n < 0 ? errno : 0;
    (void)close(fd);
    return n >= 0 && (size_t)n < strlen(text) ? EIO : why;
}

bool ud_sysfile_exists(const char *root, const char *path)
{
    char full[UD_SYSFILE_PATH_MAX];
    return sysfile_join(root, path, full) && access(full, F_OK) == 0;
}

bool ud_sysfile_is_dir(const char *root, const char *path)
{
    char full[UD_SYSFILE_PATH_MAX];
    struct stat st;
    return sysfile_join(root, path, full) && stat(full, &st) == 0 && S_ISDIR(st.st_mode);
}

bool ud_sysfile_is_file(const char *root, const char *path)
{
    char full[UD_SYSFILE_PATH_MAX];
    struct stat st;
    return sysfile_join(root, path, full) && stat(full, &st) == 0 && S_ISREG(st.st_mode);
}

bool ud_sysfile_is_own_dir(const char *root, const char *path)
{
    char full[UD_SYSFILE_PATH_MAX];
    struct stat st;
    return sysfile_join(root, path, full) && lstat(full, &st) == 0 && S_ISDIR(st.st_mode);
}

bool ud_sysfile_is_link(const char *root, const char *path)
{
    char full[UD_SYSFILE_PATH_MAX];
    struct stat st;
    return sysfile_join(root, path, full) && lstat(full, &st) == 0 && S_ISLNK(st.st_mode);
}

void ud_sysfile_list(const char *root, const char *path, size_t max, struct ud_strv *ret)
{
    char full[UD_SYSFILE_PATH_MAX];
    DIR *dir = sysfile_join(root, path, full) ? opendir(full) : NULL;
    if (dir == NULL) {
        return;
    }
    const struct dirent *entry;
    while (ret->len < max && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            ud_strv_add(ret, entry->d_name);
        }
    }
    (void)closedir(dir);
    ud_strv_sort_unique(ret);
}
