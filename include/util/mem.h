/* Allocation that never returns NULL: out of memory ends the program with a
 * message and exit code 1. What an input could make large is bounded by its
 * reader instead (see util/buf.h). Release everything with free(). */
#ifndef UTIL_MEM_H
#define UTIL_MEM_H

#include <stdarg.h>
#include <stddef.h>

#include "util/error.h"

/* Ends the program with exit code 1 because of something that no caller could handle. Only
 * who has a place to print says it: the function that was set here is given the text. */
void ud_fatal_set(void (*say)(const char *text));
_Noreturn void ud_fatal(const char *text);

/* Zeroed memory for count objects of size bytes; the product is checked. */
void *ud_alloc(size_t count, size_t size);

/* Like realloc for count objects; new memory is not zeroed. */
void *ud_realloc(void *old, size_t count, size_t size);

char *ud_strdup(const char *text);

/* Copies at most len bytes of text and ends the copy with a NUL. The copy is shorter where text has
 * a NUL itself: whoever keeps len beside it wants ud_memdup. NULL will do for no bytes. */
char *ud_strndup(const char *text, size_t len);

/* Copies len bytes, whatever they are, and puts a NUL behind them. NULL will do for no bytes. */
char *ud_memdup(const void *data, size_t len);

/* sprintf into new memory. */
char *ud_strf(const char *fmt, ...) UD_PRINTF(1, 2);
char *ud_vstrf(const char *fmt, va_list args) UD_PRINTF(1, 0);

#endif
