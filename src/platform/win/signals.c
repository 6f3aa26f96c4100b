#include "platform/signals.h"

#include <stdlib.h>

#include "platform/term_raw.h"
#include "wide.h"

static void (*callback)(void *ctx, int count);
static void *callback_ctx;
static LONG interrupts;

/* Windows runs this in a thread of its own. After a close, log-off or shutdown
 * the process is ended when this returns: the wait leaves the rest of the
 * program its few seconds to clean up and exit. */
static BOOL WINAPI on_event(DWORD event)
{
    callback(callback_ctx, (int)InterlockedIncrement(&interrupts));
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) {
        Sleep(INFINITE);
    }
    return TRUE;
}

void ud_signals_install(void (*on_interrupt)(void *ctx, int count), void *ctx)
{
    callback = on_interrupt;
    callback_ctx = ctx;
    (void)SetConsoleCtrlHandler(on_event, TRUE);
}

_Noreturn void ud_signals_exit_now(int code)
{
    ud_term_raw_leave();
    (void)TerminateProcess(GetCurrentProcess(), (UINT)code);
    _exit(code);
}
