#include "util/strv.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"

void ud_strv_done(struct ud_strv *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct ud_strv){0};
}

/* Takes ownership of text. */
static void strv_push(struct ud_strv *list, char *text)
{
    list->items = ud_realloc(list->items, list->len + 2, sizeof *list->items);
    list->items[list->len++] = text;
    list->items[list->len] = NULL;
}

void ud_strv_add(struct ud_strv *list, const char *text)
{
    strv_push(list, ud_strdup(text));
}

void ud_strv_addn(struct ud_strv *list, const char *text, size_t len)
{
    strv_push(list, ud_strndup(text, len));
}

void ud_strv_addf(struct ud_strv *list, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    strv_push(list, ud_vstrf(fmt, args));
    va_end(args);
}

bool ud_strv_has(const struct ud_strv *list, const char *text)
{
    for (size_t i = 0; i < list->len; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static int strv_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void ud_strv_sort_unique(struct ud_strv *list)
{
    if (list->len < 2) {
        return;
    }
    qsort(list->items, list->len, sizeof *list->items, strv_compare);
    size_t kept = 1;
    for (size_t i = 1; i < list->len; i++) {
        if (strcmp(list->items[i], list->items[kept - 1]) == 0) {
            free(list->items[i]);
        } else {
            list->items[kept++] = list->items[i];
        }
    }
    list->len = kept;
    list->items[kept] = NULL;
}

static int compare_text(const void *text, const void *item)
{
    return strcmp(text, *(char *const *)item);
}

bool ud_strv_find_sorted(const struct ud_strv *list, const char *text, size_t *ret)
{
    char **found = list->len == 0
                       ? NULL
                       : bsearch(text, list->items, list->len, sizeof *list->items, compare_text);
    if (found != NULL && ret != NULL) {
        *ret = (size_t)(found - list->items);
    }
    return found != NULL;
}

char *ud_strv_join(const struct ud_strv *list, const char *separator)
{
    struct ud_buf buf;
    ud_buf_init(&buf, SIZE_MAX / 2);
    for (size_t i = 0; i < list->len; i++) {
        if (i > 0) {
            ud_buf_adds(&buf, separator);
        }
        ud_buf_adds(&buf, list->items[i]);
    }
    char *text = ud_buf_take(&buf, NULL);
    ud_buf_done(&buf);
    return text;
}
