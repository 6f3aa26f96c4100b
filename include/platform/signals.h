/* Being told to stop: SIGINT, SIGTERM and SIGHUP; on Windows Ctrl-C,
 * Ctrl-Break and the closing of the console, log-off and shutdown. */
#ifndef PLATFORM_SIGNALS_H
#define PLATFORM_SIGNALS_H

/* Calls on_interrupt(ctx, count) for each of them from a thread of its own,
 * never from a signal handler: anything thread-safe is allowed there. count is
 * 1 for the first. The second should end in ud_signals_exit_now. SIGPIPE is
 * ignored from then on, so writing to a closed pipe is an ordinary error. A
 * signal that was ignored when the program started (nohup) stays ignored.
 *
 * Programs started later inherit that SIGPIPE is ignored, and nothing else: reset
 * it for those that rely on it. Call once. */
void ud_signals_install(void (*on_interrupt)(void *ctx, int count), void *ctx);

/* Ends the process at once, without atexit handlers; the terminal's mode is
 * restored. */
_Noreturn void ud_signals_exit_now(int code);

#endif
