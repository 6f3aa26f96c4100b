/* The nearest of some known names to a mistyped one. */
#ifndef CLI_OPTIONS_SUGGEST_H
#define CLI_OPTIONS_SUGGEST_H

#include <stddef.h>

/* Keeps the nearest of the names it is shown. Zero-initialize but for word. */
struct ud_suggest {
    const char *word;
    const char *best; /* borrowed from the names, NULL when none is near enough */
    size_t distance;
};

/* Names that start with the word count as near as one wrong letter; others may
 * differ by a third of their letters, counting a swap of neighbours as one. */
void ud_suggest_offer(struct ud_suggest *suggest, const char *name);

#endif
