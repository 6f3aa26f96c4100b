#include "wide.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/host.h"
#include "util/mem.h"

static enum ud_code win_fail_code_of(DWORD error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
    case ERROR_INVALID_DRIVE:
    case ERROR_DIRECTORY:
        return UD_ERR_NOT_FOUND;
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT:
    case ERROR_PRIVILEGE_NOT_HELD:
        return UD_ERR_DENIED;
    default:
        return UD_ERR_IO;
    }
}

static const char *win_fail_remedy_of(DWORD error)
{
    switch (error) {
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case 1295: /* ERROR_DISK_QUOTA_EXCEEDED */
        return "Free some space on that drive.";
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
        return "Close the program that has it open, then try again.";
    case ERROR_WRITE_PROTECT:
        return "Choose a place on a drive that is writable.";
    default:
        return NULL;
    }
}

/* The system's text without its line end and full stop. */
char *ud_host_error_text(long number)
{
    const DWORD error = (DWORD)number;
    wchar_t *wide = NULL;
    const DWORD flags =
        FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
    DWORD len = FormatMessageW(flags, NULL, error, 0, (LPWSTR)(void *)&wide, 0, NULL);
    if (len == 0 || wide == NULL) {
        return ud_strf("error %lu", (unsigned long)error);
    }
    while (len > 0 && (wide[len - 1] <= L' ' || wide[len - 1] == L'.')) {
        wide[--len] = L'\0';
    }
    char *text = ud_win_utf8(wide);
    (void)LocalFree(wide);
    return text;
}

enum ud_code ud_win_fail(struct ud_error *err, DWORD error, const char *fmt, ...)
{
    char what[900];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    char *reason = ud_host_error_text((long)error);
    enum ud_code code =
        ud_fail(err, win_fail_code_of(error), win_fail_remedy_of(error), "%s: %s", what, reason);
    free(reason);
    return code;
}
