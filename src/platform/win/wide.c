#include "wide.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "util/mem.h"

wchar_t *ud_win_wide(const char *text)
{
    int n = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    wchar_t *wide = ud_alloc(n > 0 ? (size_t)n : 1, sizeof *wide);
    if (n > 0) {
        (void)MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, n);
    }
    return wide;
}

char *ud_win_utf8(const wchar_t *text)
{
    int n = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    char *narrow = ud_alloc(n > 0 ? (size_t)n : 1, 1);
    if (n > 0) {
        (void)WideCharToMultiByte(CP_UTF8, 0, text, -1, narrow, n, NULL, NULL);
    }
    return narrow;
}

/* Absolute and in Windows' own spelling, or NULL. */
static wchar_t *full_path(const wchar_t *path)
{
    DWORD size = GetFullPathNameW(path, 0, NULL, NULL);
    if (size == 0) {
        return NULL;
    }
    wchar_t *full = ud_alloc(size, sizeof *full);
    DWORD len = GetFullPathNameW(path, size, full, NULL);
    if (len == 0 || len >= size) {
        free(full);
        return NULL;
    }
    return full;
}

static wchar_t *wide_prefixed(const wchar_t *prefix, const wchar_t *rest)
{
    size_t len = wcslen(prefix) + wcslen(rest) + 1;
    wchar_t *path = ud_alloc(len, sizeof *path);
    memcpy(path, prefix, wcslen(prefix) * sizeof *path);
    memcpy(path + wcslen(prefix), rest, wcslen(rest) * sizeof *path);
    return path;
}

wchar_t *ud_win_path(const char *path)
{
    wchar_t *given = ud_win_wide(path);
    wchar_t *full = given[0] != L'\0' ? full_path(given) : NULL;
    if (full == NULL) {
        return given; /* the call that takes it will say what is wrong */
    }
    free(given);
    wchar_t *result;
    if (wcsncmp(full, L"\\\\?\\", 4) == 0 || wcsncmp(full, L"\\\\.\\", 4) == 0) {
        return full;
    }
    if (wcsncmp(full, L"\\\\", 2) == 0) {
        result = wide_prefixed(L"\\\\?\\UNC\\", full + 2);
    } else {
        result = wide_prefixed(L"\\\\?\\", full);
    }
    free(full);
    return result;
}

void ud_win_close(HANDLE *handle)
{
    if (*handle != NULL) {
        (void)CloseHandle(*handle);
        *handle = NULL;
    }
}
