/* Words of a line, for texts of the kernel and of its tools. */
#ifndef USBIP_WORD_H
#define USBIP_WORD_H

#include "util/str.h"

/* Takes the next run of characters other than blanks off line; empty at its end. */
static inline struct ud_slice ud_next_word(struct ud_slice *line)
{
    struct ud_slice rest = ud_slice_trim(*line);
    size_t len = 0;
    while (len < rest.len && rest.ptr[len] != ' ' && rest.ptr[len] != '\t') {
        len++;
    }
    if (len == 0) { /* the end of a line, which may be no line at all */
        *line = (struct ud_slice){rest.ptr, 0};
        return *line;
    }
    *line = (struct ud_slice){rest.ptr + len, rest.len - len};
    return (struct ud_slice){rest.ptr, len};
}

#endif
