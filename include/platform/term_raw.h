/* The terminal handed over to a program elsewhere. */
#ifndef PLATFORM_TERM_RAW_H
#define PLATFORM_TERM_RAW_H

#include <stdbool.h>

#include "util/error.h"

/* Whether standard input is a terminal. */
bool ud_term_in_is_tty(void);

struct ud_term_size {
    unsigned rows;
    unsigned columns;
};

/* The size of the terminal at standard output; false if it has none or it is
 * not known. */
bool ud_term_size(struct ud_term_size *ret);

/* From now on each key is a byte or a sequence of standard input, Ctrl-C too,
 * and nothing is echoed. What the terminal was like is restored by
 * ud_term_raw_leave, at exit, at a signal that ends the program, and by
 * ud_signals_exit_now. UD_ERR_IO. */
UD_MUST_CHECK enum ud_code ud_term_raw_enter(struct ud_error *err);

/* From any thread and from signal handlers; does nothing when it was not entered. */
void ud_term_raw_leave(void);

#endif
