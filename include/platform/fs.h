/* Files and directories. All paths and names are UTF-8; on Windows they are
 * turned into UTF-16 and long paths work. Both '/' and '\' separate there.
 *
 * Failures name the path and the system's reason. Codes: UD_ERR_NOT_FOUND when
 * something named is missing, UD_ERR_DENIED when permission is, UD_ERR_IO for
 * the rest; a full disk and the like come with a remedy. */
#ifndef PLATFORM_FS_H
#define PLATFORM_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

enum ud_fs_kind { UD_FS_NONE, UD_FS_FILE, UD_FS_DIR, UD_FS_LINK, UD_FS_OTHER };

struct ud_fs_info {
    enum ud_fs_kind kind;
    uint64_t size;   /* of a file, in bytes */
    int64_t mtime;   /* seconds since 1970 */
    bool executable; /* the owner's x bit; always false on Windows */
};

/* What is at path, following links. UD_FS_NONE also when it cannot be looked
 * at; never UD_FS_LINK. */
enum ud_fs_kind ud_fs_kind(const char *path);

/* What is at path itself: a link is UD_FS_LINK, nothing there is UD_FS_NONE and
 * UD_OK. (Every reparse point that is not a plain file or directory counts as
 * a link on Windows.) */
UD_MUST_CHECK enum ud_code ud_fs_info(const char *path, struct ud_fs_info *ret,
                                      struct ud_error *err);

/* A symbolic link's text, to free; '\' becomes '/' on Windows. */
UD_MUST_CHECK enum ud_code ud_fs_read_link(const char *path, char **ret, struct ud_error *err);

/* Adds a file's whole content to buf; more than buf's maximum is UD_ERR_IO and
 * leaves buf as it was. Works for files without a size, as in /proc. */
UD_MUST_CHECK enum ud_code ud_fs_read(const char *path, struct ud_buf *buf, struct ud_error *err);

/* Replaces path by the len bytes at data: readers see the old file or the new
 * one, also after a crash, and a failure leaves nothing behind. */
UD_MUST_CHECK enum ud_code ud_fs_write_atomic(const char *path, const void *data, size_t len,
                                              struct ud_error *err);

/* Creates a directory and what is missing above it, readable by all. */
UD_MUST_CHECK enum ud_code ud_fs_mkdirs(const char *path, struct ud_error *err);

/* Adds the names in a directory to *names, without "." and "..", sorted by
 * strcmp. At most a million, more is UD_ERR_IO. On failure adds nothing. */
UD_MUST_CHECK enum ud_code ud_fs_list(const char *path, struct ud_strv *names,
                                      struct ud_error *err);

/* Renames, replacing a file at to. Not across file systems. */
UD_MUST_CHECK enum ud_code ud_fs_rename(const char *from, const char *to, struct ud_error *err);

/* Puts the directory from in place of the directory to, which may be missing, and
 * removes what was there; anything but a directory there stays, and is an error. On Linux readers
 * see the old directory or the new one at each moment; elsewhere there is a moment with neither,
 * and a failure puts the old one back. Failure to remove the old content is not an error. */
UD_MUST_CHECK enum ud_code ud_fs_replace_dir(const char *from, const char *to,
                                             struct ud_error *err);

/* Makes path a link to the file target, or, where users may not make links (Windows), a copy of it.
 * What is at path is replaced, in one step. */
UD_MUST_CHECK enum ud_code ud_fs_put_link(const char *target, const char *path,
                                          struct ud_error *err);

/* Removes a file, a link or a whole directory; missing is fine. Never follows
 * a link. Goes on after a failure and reports the first. */
UD_MUST_CHECK enum ud_code ud_fs_remove_tree(const char *path, struct ud_error *err);

/* Bytes that this user can still write to the file system that holds path; if
 * path is missing, the nearest directory above it that exists. */
UD_MUST_CHECK enum ud_code ud_fs_free_bytes(const char *path, uint64_t *ret, struct ud_error *err);

/* "<dir>/<name>" in new memory; one separator. An empty dir gives name. */
char *ud_fs_join(const char *dir, const char *name);

/* "/x" on Unix; "C:\x", "\\server\share\x" and "\\?\..." on Windows. */
bool ud_fs_is_absolute(const char *path);

/* A path in the same directory, hidden on Unix, that nothing has and no other
 * process will choose: for a new file or directory to be renamed to path. */
char *ud_fs_temp_sibling(const char *path);

/* Whether name, without its directory, is one that ud_fs_temp_sibling gives: to a path
 * that ends in of, or with NULL to any. */
bool ud_fs_is_temp_name(const char *name, const char *of);

/* Whether what has such a name was left by a process that was killed: nobody wrote to it
 * for a day. */
bool ud_fs_temp_is_left(const struct ud_fs_info *info);

/* Removes the files, not directories, in dir that have such names, of as above, and were left. NULL
 * for a directory of ours, before something is written there; what cannot be removed stays. */
void ud_fs_sweep_temps(const char *dir, const char *of);

/* The directory part of path in new memory: "." when there is none. */
char *ud_fs_dirname(const char *path);

#endif
