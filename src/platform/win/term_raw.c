#include "platform/term_raw.h"

#include <stdlib.h>

#include "wide.h"

#ifndef ENABLE_VIRTUAL_TERMINAL_INPUT
#define ENABLE_VIRTUAL_TERMINAL_INPUT 0x200
#endif
#ifndef DISABLE_NEWLINE_AUTO_RETURN
#define DISABLE_NEWLINE_AUTO_RETURN 8
#endif

static DWORD in_before;
static DWORD out_before;
static LONG entered;

bool ud_term_in_is_tty(void)
{
    DWORD mode = 0;
    return GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) != 0;
}

bool ud_term_size(struct ud_term_size *ret)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info)) {
        return false;
    }
    int rows = info.srWindow.Bottom - info.srWindow.Top + 1;
    int columns = info.srWindow.Right - info.srWindow.Left + 1;
    if (rows <= 0 || columns <= 0) {
        return false;
    }
    *ret = (struct ud_term_size){(unsigned)rows, (unsigned)columns};
    return true;
}

void ud_term_raw_leave(void)
{
    if (InterlockedExchange(&entered, 0) != 0) {
        (void)SetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), in_before);
        (void)SetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), out_before);
    }
}

/* The remote terminal sends CR and LF by itself; a console that is too old for
 * escape sequences goes on without. */
enum ud_code ud_term_raw_enter(struct ud_error *err)
{
    static bool guarded;
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    if (!GetConsoleMode(in, &in_before) || !GetConsoleMode(out, &out_before)) {
        return ud_win_fail(err, GetLastError(), "cannot read the console's mode");
    }
    if (!guarded) {
        guarded = true;
        (void)atexit(ud_term_raw_leave);
    }
    (void)InterlockedExchange(&entered, 1);
    if (!SetConsoleMode(in, ENABLE_WINDOW_INPUT | ENABLE_VIRTUAL_TERMINAL_INPUT) &&
        !SetConsoleMode(in, ENABLE_WINDOW_INPUT)) {
        DWORD why = GetLastError();
        ud_term_raw_leave();
        return ud_win_fail(err, why, "cannot change the console's mode");
    }
    (void)SetConsoleMode(out, out_before | DISABLE_NEWLINE_AUTO_RETURN);
    return UD_OK;
}
