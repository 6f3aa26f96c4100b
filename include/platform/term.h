/* Standard output and error, and the program's arguments. */
#ifndef PLATFORM_TERM_H
#define PLATFORM_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

enum ud_term_stream { UD_TERM_OUT, UD_TERM_ERR };

/* Call first in main, in this order. */

/* The arguments as UTF-8: on Windows replaced by those of the real command
 * line, which stay for the program's life; elsewhere as they are. */
void ud_term_main_args(int *argc, char ***argv);

/* Streams that were closed are kept from becoming files that are opened later.
 * Bytes written arrive unchanged; a Windows console understands UTF-8 and
 * escape sequences until the program ends. */
void ud_term_init(void);

/* Whether a person may be looking. */
bool ud_term_is_tty(enum ud_term_stream stream);

/* Whether escape sequences work there: a terminal, not TERM=dumb, and on
 * Windows a console that accepted the mode. NO_COLOR is the caller's matter. */
bool ud_term_has_escapes(enum ud_term_stream stream);

/* Columns of the terminal, 80 if that is not known. */
unsigned ud_term_width(enum ud_term_stream stream);

/* Writes all or fails (closed pipe, full disk) with UD_ERR_IO. Not buffered:
 * do not mix with stdio on the same stream without fflush. */
UD_MUST_CHECK enum ud_code ud_term_write(enum ud_term_stream stream, const void *data, size_t len,
                                         struct ud_error *err);

#endif
