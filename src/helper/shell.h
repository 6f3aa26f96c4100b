/* What the parts of the operation shell share: see UD_OP_SHELL. */
#ifndef HELPER_SHELL_H
#define HELPER_SHELL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { UD_LANE_SIZE = 16 * 1024 };

/* Bytes on their way from one file descriptor to another. */
struct ud_lane {
    char data[UD_LANE_SIZE];
    size_t at; /* of the first that is still to be written */
    size_t len;
    bool ended; /* an end of it is gone */
};

/* The user's terminal, the VM's, and the program on that. */
struct ud_relay {
    int in; /* the user's */
    int out;
    int master; /* of the VM's terminal, or -1: the program has in and out itself */
    pid_t child;
    struct ud_lane to_child;
    struct ud_lane from_child;
};

/* shell_pty.c: a new terminal of the VM with the modes of fd; -1 and an errno
 * number if the VM has none to give. */
int ud_shell_pty(int fd, int *ret_master, int *ret_slave);

/* The size of terminal `from` for terminal `to`. */
void ud_shell_copy_size(int from, int to);

/* shell_child.c, in the new process: becomes the program, or the VM's shell if
 * argv is empty. terminal is one to have standard input, output and error from,
 * or -1. Ends with 126 or 127 if that cannot be. */
_Noreturn void ud_shell_become(char **argv, int terminal, const sigset_t *signals);

/* The parts of it that any program of ours needs: a session of its own with the
 * terminal as standard input, output and error (-1: it keeps what it has), and
 * the usual signals. */
void ud_shell_take_terminal(int terminal);
void ud_shell_reset_signals(const sigset_t *signals);

/* The exit code for a program that could not be run. */
int ud_shell_cannot_run(int why);

/* shell_signals.c: blocks and notes those that ud_shell_wait acts on; *ret_old is
 * the mask before. Each that came is taken once. */
void ud_shell_signals_begin(sigset_t *ret_old);
bool ud_shell_signals_take(int number);

/* shell_relay.c: passes bytes, signals and sizes on until the child ends; its
 * exit code. unblocked is the mask to wait with. */
int ud_shell_wait(struct ud_relay *relay, unsigned seconds, const sigset_t *unblocked);

#endif
