/* Reading small files of /proc and /sys, and the VM's own files, with a limit.
 *
 * Each path is absolute and looked up below root: "" on a real system, the
 * directory of a made-up tree in tests. */
#ifndef HELPER_SYS_SYSFILE_H
#define HELPER_SYS_SYSFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/strv.h"

enum { UD_SYSFILE_PATH_MAX = 1200, UD_SYSFILE_LINE_MAX = 4096 };

/* Opens for reading and returns the file descriptor, or -1 with errno: ENAMETOOLONG
 * if the path is over UD_SYSFILE_PATH_MAX. flags are added to O_RDONLY | O_CLOEXEC. */
int ud_sysfile_open(const char *root, const char *path, int flags);

/* Adds the whole file to buf. 0, or an errno number: EFBIG if it is more than
 * fits into buf. After a failure the content of buf is undefined. */
int ud_sysfile_read(const char *root, const char *path, struct ud_buf *buf);

/* The same from an open file, from its current position on. */
int ud_sysfile_drain(int fd, struct ud_buf *buf);

/* The first line, without its line end, cut at size - 1; false if the file
 * cannot be read or is empty. dst is untouched then. */
bool ud_sysfile_line(const char *root, const char *path, char *dst, size_t size);

/* Writes text to a file that is there, in one piece, as sysfs wants it. 0, or an
 * errno number: what the kernel thinks of the text. */
int ud_sysfile_write(const char *root, const char *path, const char *text);

bool ud_sysfile_exists(const char *root, const char *path);
bool ud_sysfile_is_dir(const char *root, const char *path);
/* The same for a regular file, and for a directory that is not reached by a link. */
bool ud_sysfile_is_file(const char *root, const char *path);
bool ud_sysfile_is_own_dir(const char *root, const char *path);
/* Whether a link is there, wherever it leads. */
bool ud_sysfile_is_link(const char *root, const char *path);

/* The names in a directory but "." and "..", sorted; at most max of them, none
 * if it cannot be read. ret is an empty list before. */
void ud_sysfile_list(const char *root, const char *path, size_t max, struct ud_strv *ret);

#endif
