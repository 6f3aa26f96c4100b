/* The few things that the shared part of platform/fs.h asks the system about. */
#ifndef PLATFORM_FS_SYS_H
#define PLATFORM_FS_SYS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

bool ud_fs_sys_is_separator(char c);
const char *ud_fs_sys_separator(void);  /* the one to write */
const char *ud_fs_sys_separators(void); /* all that are read */

/* Bytes of path that name where it starts and are never taken off: "/",
 * "C:\", "\\server\share\"; 0 for a relative path. */
size_t ud_fs_sys_root_len(const char *path);

/* One directory; one that is there already is fine. */
UD_MUST_CHECK enum ud_code ud_fs_sys_mkdir(const char *path, struct ud_error *err);

/* Makes a rename in the directory of path last through a crash, as far as the system can. */
void ud_fs_sys_sync_dir_of(const char *path);

/* Removes one file or link. */
UD_MUST_CHECK enum ud_code ud_fs_sys_unlink(const char *path, struct ud_error *err);

#endif
