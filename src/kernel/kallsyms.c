#include "kernel/kallsyms.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "proto/check.h"
#include "util/mem.h"

static void mark(const struct ud_strv *wanted, const char *text, size_t len, bool *seen)
{
    char name[UD_SYMBOL_NAME_MAX + 1];
    size_t at;
    if (len < sizeof name) {
        memcpy(name, text, len);
        name[len] = '\0';
        if (ud_strv_find_sorted(wanted, name, &at)) {
            seen[at] = true;
        }
    }
}

void ud_kallsyms_absent(const char *text, size_t len, const struct ud_strv *wanted,
                        struct ud_strv *ret)
{
    bool *seen = ud_alloc(wanted->len + 1, sizeof *seen);
    const char *const end = text + len;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline != NULL ? newline : end;
        mark(wanted, text, (size_t)(stop - text), seen);
        text = newline != NULL ? newline + 1 : end;
    }
    for (size_t i = 0; i < wanted->len; i++) {
        if (!seen[i]) {
            ud_strv_add(ret, wanted->items[i]);
        }
    }
    free(seen);
}
