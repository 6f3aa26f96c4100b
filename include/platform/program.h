/* A program of this machine that is talked to through its standard input and output, which are one
 * socket here: what libcurl takes for a connection. It has this process's terminal, so that it can
 * ask for a passphrase there, and Ctrl-C is not for it: it is needed to clean up. No shell. */
#ifndef PLATFORM_PROGRAM_H
#define PLATFORM_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

struct ud_program;

/* Whether connections of this system's ssh can share one login (ControlMaster of ssh_config(5)):
 * those of the OpenSSH that comes with Windows cannot. */
bool ud_program_ssh_shares_logins(void);

/* Starts argv[0], its file or a name that is looked for in PATH (never in the working directory of
 * Windows), with argv, which ends with NULL. *ret_socket stays
 * ud_program_free's to close. Errors: UD_ERR_NOT_FOUND (no such program), UD_ERR_DENIED, UD_ERR_IO.
 */
UD_MUST_CHECK enum ud_code ud_program_open(const char *const *argv, struct ud_program **ret,
                                           uintptr_t *ret_socket, struct ud_error *err);

/* Whether it has ended, or does so within a moment, with another exit code than 0; *ret_says is
 * then the end of what it wrote to standard error, borrowed, "" if nothing. A signal of Unix is 128
 * and its number. */
bool ud_program_failed(struct ud_program *program, int *ret_exit, const char **ret_says);

/* Closes the socket and ends the program, whatever it does. NULL is fine. */
void ud_program_free(struct ud_program *program);

#endif
