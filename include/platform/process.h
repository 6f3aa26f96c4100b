/* Running a program of this machine for its answer: no shell, no terminal. */
#ifndef PLATFORM_PROCESS_H
#define PLATFORM_PROCESS_H

#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"

struct ud_process {
    const char *program; /* is looked for in PATH, on Windows by its name with ".exe" and never in
                            the working directory */
    const char *const *arguments; /* ends with NULL */
    const char *input;            /* for its standard input: less than 4 KiB */
    unsigned limit_ms;            /* then it is killed */
};

/* Adds what it writes to standard output to ret, up to ret's maximum, and waits for its end; what
 * it writes to standard error goes nowhere. *ret_exit is its exit code, -1 after a signal. Errors:
 * UD_ERR_NOT_FOUND (no such program), UD_ERR_DENIED (it cannot be run), UD_ERR_UNREACHABLE (the
 * limit passed), UD_ERR_PROTOCOL (too much output), UD_ERR_IO. */
UD_MUST_CHECK enum ud_code ud_process_run(const struct ud_process *process, struct ud_buf *ret,
                                          int *ret_exit, struct ud_error *err);

#endif
