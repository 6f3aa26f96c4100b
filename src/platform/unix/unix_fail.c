#include "unix_fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum ud_code unix_fail_code_of(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
        return UD_ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return UD_ERR_DENIED;
    default:
        return UD_ERR_IO;
    }
}

static const char *unix_fail_remedy_of(int errnum)
{
    switch (errnum) {
    case ENOSPC:
        return "Free some space on that file system.";
    case EDQUOT:
        return "Free some space, or have your disk quota raised.";
    case EMFILE:
    case ENFILE:
        return "Raise the limit on open files (ulimit -n), or close other programs.";
    case EROFS:
        return "Choose a place on a file system that is writable.";
    default:
        return NULL;
    }
}

enum ud_code ud_unix_fail(struct ud_error *err, int errnum, const char *fmt, ...)
{
    char what[900];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return ud_fail(err, unix_fail_code_of(errnum), unix_fail_remedy_of(errnum), "%s: %s", what,
                   strerror(errnum));
}
