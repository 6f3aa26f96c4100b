/* Which sources look at an option: `#ifdef CONFIG_X`, `IS_ENABLED(CONFIG_X)`. */
#ifndef KERNEL_DRIVERS_MENTIONS_H
#define KERNEL_DRIVERS_MENTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "drivers/names.h"

struct ud_mention {
    uint32_t option, file;
};

struct ud_mentions {
    struct ud_names options, files;
    struct ud_mention *items; /* sorted by option once ud_mentions_sort was called */
    uint32_t *last_file;      /* by option: the last file + 1 that was seen to name it */
    size_t len, cap, last_cap;
};

void ud_mentions_init(struct ud_mentions *mentions);
void ud_mentions_done(struct ud_mentions *mentions);

/* Reads a source. */
void ud_mentions_add(struct ud_mentions *mentions, const char *path, const char *text, size_t len);

/* To be called after the last one, before ud_mentions_next. */
void ud_mentions_sort(struct ud_mentions *mentions);

/* The path of the next file from *at on, which is 0 at first, that looks at the option; NULL:
 * none is left. Borrowed. */
const char *ud_mentions_next(const struct ud_mentions *mentions, const char *option, size_t *at);

#endif
