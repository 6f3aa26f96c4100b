/* A program that runs as a child, in front of the user: what the operations shell
 * and client share. */
#ifndef HELPER_CHILD_CHILD_H
#define HELPER_CHILD_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sys/kernel.h"
#include "util/error.h"

enum { UD_CHILD_CANNOT_RUN = 126, UD_CHILD_NOT_FOUND = 127 }; /* exit codes, as in shells */

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

/* child_start.c: standard input and output, without a terminal of the VM, in new memory. */
struct ud_relay *ud_relay_new(void);

/* child_start.c: forks, and returns UD_OK in both processes; relay->child is 0 in the new
 * one. Signals are noted from before the fork on, *ret_old is the mask before, which the
 * caller may restore whatever this returns: until then whoever asks to stop is heard by
 * kernel->stopped, after that by ud_child_wait. UD_ERR_INTERRUPTED, UD_ERR_INTERNAL. */
UD_MUST_CHECK enum ud_code ud_child_fork(const struct ud_kernel *kernel, struct ud_relay *relay,
                                         sigset_t *ret_old, struct ud_error *err);

/* child_start.c, in the new process: a session of its own with the terminal as
 * standard input, output and error (-1: it keeps what it has), so that signals
 * reach the program and what it starts; and the usual signals. */
void ud_child_take_terminal(int terminal);
void ud_child_reset_signals(const sigset_t *signals);

/* The exit code for a program that could not be run, by the errno of exec. */
int ud_child_cannot_run(int why);

/* The size of terminal `from` for terminal `to`. */
void ud_child_copy_size(int from, int to);

/* child_signals.c: blocks and notes those that ud_child_wait acts on; *ret_old is
 * the mask before. Each that came is taken once. */
void ud_child_signals_begin(sigset_t *ret_old);
bool ud_child_signals_take(int number);

/* child_wait.c: passes bytes, signals and sizes on until the child ends; its exit
 * code. unblocked is the mask to wait with. */
int ud_child_wait(struct ud_relay *relay, unsigned seconds, const sigset_t *unblocked);

#endif
