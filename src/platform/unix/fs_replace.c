#include "platform/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "fs_sys.h"
#include "unix_fail.h"
#include "util/mem.h"

/* Exchanges two names at once; false with errno if this system cannot. musl
 * has no function for it before 1.2.6, so the call is made directly. */
static bool fs_replace_exchange(const char *a, const char *b)
{
#if defined(__linux__) && defined(SYS_renameat2)
    const unsigned rename_exchange = 2; /* linux/fs.h, since 3.15 */
    return syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, rename_exchange) == 0;
#elif defined(__APPLE__) && defined(RENAME_SWAP)
    return renamex_np(a, b, RENAME_SWAP) == 0;
#else
    (void)a;
    (void)b;
    errno = ENOSYS;
    return false;
#endif
}

static bool cannot_exchange(int errnum)
{
    return errnum == ENOSYS || errnum == EINVAL || errnum == ENOTSUP;
}

/* With a moment in which neither is there. old gets the name of what was at to. */
static enum ud_code two_renames(const char *from, const char *to, const char *old,
                                struct ud_error *err)
{
    UD_TRY(ud_fs_rename(to, old, err));
    enum ud_code rc = ud_fs_rename(from, to, err);
    if (rc != UD_OK) {
        (void)!ud_fs_rename(old, to, NULL);
    }
    return rc;
}

static enum ud_code replace_existing(const char *from, const char *to, struct ud_error *err)
{
    if (fs_replace_exchange(from, to)) {
        (void)!ud_fs_remove_tree(from, NULL);
        return UD_OK;
    }
    if (!cannot_exchange(errno)) {
        return ud_unix_fail(err, errno, "cannot put %s in place of %s", from, to);
    }
    char *old = ud_fs_temp_sibling(to);
    enum ud_code rc = two_renames(from, to, old, err);
    if (rc == UD_OK) {
        (void)!ud_fs_remove_tree(old, NULL);
    }
    free(old);
    return rc;
}

enum ud_code ud_fs_replace_dir(const char *from, const char *to, struct ud_error *err)
{
    /* A rename alone does for a missing or an empty directory. */
    enum ud_code rc = UD_OK;
    if (rename(from, to) != 0) {
        if (errno != ENOTEMPTY && errno != EEXIST) {
            return ud_unix_fail(err, errno, "cannot put %s in place of %s", from, to);
        }
        rc = replace_existing(from, to, err);
    }
    if (rc == UD_OK) {
        ud_fs_sys_sync_dir_of(to);
    }
    return rc;
}
