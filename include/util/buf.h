/* A growable byte buffer with a hard maximum.
 *
 * Adding past the maximum adds nothing and marks the buffer as overflowed, so
 * that a writer may add many pieces and check once at the end. The content is
 * always followed by a NUL that is not counted, so text can be used as it is. */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct ud_buf {
    char *data; /* never NULL after init */
    size_t len;
    size_t cap;
    size_t max; /* len never exceeds it */
    bool overflow;
};

void ud_buf_init(struct ud_buf *buf, size_t max);
void ud_buf_done(struct ud_buf *buf);

/* Empties the buffer and clears overflow; keeps its memory. */
void ud_buf_clear(struct ud_buf *buf);

void ud_buf_add(struct ud_buf *buf, const void *data, size_t len);
void ud_buf_adds(struct ud_buf *buf, const char *text);
void ud_buf_addf(struct ud_buf *buf, const char *fmt, ...) UD_PRINTF(2, 3);

/* Removes the first len bytes (at most all of them). */
void ud_buf_drop_front(struct ud_buf *buf, size_t len);

/* UD_ERR_PROTOCOL, naming what, if the buffer overflowed. */
UD_MUST_CHECK enum ud_code ud_buf_check(const struct ud_buf *buf, const char *what,
                                        struct ud_error *err);

/* Hands the memory over to the caller (to free) and leaves an empty buffer. */
char *ud_buf_take(struct ud_buf *buf, size_t *ret_len);

#endif
