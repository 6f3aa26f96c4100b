/* What the parts of the operation shell share: see UD_OP_SHELL. */
#ifndef HELPER_OPS_SHELL_H
#define HELPER_OPS_SHELL_H

#include "child/child.h"

/* shell_pty.c: a new terminal of the VM with the modes of fd; 0, or an errno
 * number if the VM has none to give. */
int ud_shell_pty(int fd, int *ret_master, int *ret_slave);

/* shell_child.c, in the new process: becomes the program, or the VM's shell if
 * argv is empty. terminal is one to have standard input, output and error from,
 * or -1. Ends with 126 or 127 if that cannot be. */
_Noreturn void ud_shell_become(char **argv, int terminal, const sigset_t *signals);

#endif
