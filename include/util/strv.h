/* A list of strings that owns its items. */
#ifndef UTIL_STRV_H
#define UTIL_STRV_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct ud_strv {
    char **items; /* followed by a NULL once anything was added; else NULL */
    size_t len;
};

void ud_strv_done(struct ud_strv *list);
void ud_strv_add(struct ud_strv *list, const char *text);
void ud_strv_addn(struct ud_strv *list, const char *text, size_t len);
void ud_strv_addf(struct ud_strv *list, const char *fmt, ...) UD_PRINTF(2, 3);
bool ud_strv_has(const struct ud_strv *list, const char *text);

/* Sorts by strcmp and drops repeated items. */
void ud_strv_sort_unique(struct ud_strv *list);

/* Looks text up in a list as ud_strv_sort_unique leaves it; *ret, which may be NULL, is
 * its index. */
bool ud_strv_find_sorted(const struct ud_strv *list, const char *text, size_t *ret);

/* The items with separator between them, in new memory. */
char *ud_strv_join(const struct ud_strv *list, const char *separator);

#endif
