/* UTF-8 to UTF-16 and back, and the handles and errors of Windows. */
#ifndef PLATFORM_WIN_WIDE_H
#define PLATFORM_WIN_WIDE_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include "util/error.h"

/* New memory. Bytes that are not UTF-8, and lone surrogates, become U+FFFD. */
wchar_t *ud_win_wide(const char *text);
char *ud_win_utf8(const wchar_t *text);

/* A path for the W functions: absolute, with "\\?\" so that it may be long. */
wchar_t *ud_win_path(const char *path);

/* Closes a handle that is there, not NULL, and forgets it. */
void ud_win_close(HANDLE *handle);

/* "<fmt>: <reason>", with its code and, where there is one, remedy. error is
 * GetLastError's. */
enum ud_code ud_win_fail(struct ud_error *err, DWORD error, const char *fmt, ...) UD_PRINTF(3, 4);

#endif
