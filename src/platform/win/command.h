/* Where a program is, and what its command line is made of. */
#ifndef PLATFORM_WIN_COMMAND_H
#define PLATFORM_WIN_COMMAND_H

#include "wide.h"

/* The program's file, in new memory: by its whole path or, in PATH alone, by its name; ".exe" may
 * be left out of either. By itself Windows looks into the working directory first.
 * Errors: UD_ERR_NOT_FOUND. */
UD_MUST_CHECK enum ud_code ud_win_command_find(const char *program, wchar_t **ret,
                                               struct ud_error *err);

/* The command line that the C runtime of the other side takes apart into these words ("Parsing C
 * command-line arguments", learn.microsoft.com), in new memory. The arguments end with NULL. */
wchar_t *ud_win_command_line(const char *program, const char *const *arguments);

#endif
