/* The end of what a program wrote to its standard error: of a long text it is what counts. */
#ifndef PLATFORM_LAST_WORDS_H
#define PLATFORM_LAST_WORDS_H

#include <stddef.h>

enum { UD_LAST_WORDS_MAX = 4096 };

struct ud_last_words {
    char text[UD_LAST_WORDS_MAX + 1];
    size_t len;
};

void ud_last_words_add(struct ud_last_words *words, const char *piece, size_t len);

#endif
