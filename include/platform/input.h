/* Standard input for a program that waits for other things too: a thread reads
 * ahead, a little, and tells. It also tells of changes of the terminal's size. */
#ifndef PLATFORM_INPUT_H
#define PLATFORM_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct ud_input;

/* Begins to read. wake(arg) is called from another thread whenever there may be
 * something to take: bytes, the end, a new size. One at a time in a program. */
UD_MUST_CHECK enum ud_code ud_input_open(void (*wake)(void *arg), void *arg, struct ud_input **ret,
                                         struct ud_error *err);

/* Takes at most room bytes that were read, without waiting; how many. *ret_end:
 * there will be no more (also after a failure to read). */
size_t ud_input_take(struct ud_input *input, void *dst, size_t room, bool *ret_end);

/* Whether the terminal's size may have changed since the last call. */
bool ud_input_resized(struct ud_input *input);

/* Ends the thread; what it had read and nobody took is lost. NULL is fine. No
 * wake is called any more when this returns. */
void ud_input_close(struct ud_input *input);

#endif
