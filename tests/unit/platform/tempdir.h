/* A directory for a test's files. */
#ifndef TEST_TEMPDIR_H
#define TEST_TEMPDIR_H

#include <stdlib.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "util/mem.h"

/* A new empty directory, its path to free. */
static inline char *tempdir_new(void)
{
    char *tmp = ud_host_env("TMPDIR");
    char *base = ud_fs_join(tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp", "usbipd-desktop-test");
    char *dir = ud_fs_temp_sibling(base);
    struct ud_error err;
    if (ud_fs_mkdirs(dir, &err) != UD_OK) {
        abort();
    }
    free(base);
    free(tmp);
    return dir;
}

/* Removes and frees it. */
static inline void tempdir_free(char *dir)
{
    struct ud_error err;
    if (ud_fs_remove_tree(dir, &err) != UD_OK) {
        abort();
    }
    free(dir);
}

#endif
