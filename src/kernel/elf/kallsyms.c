#include "kernel/elf/kallsyms.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "proto/check.h"
#include "util/mem.h"
#include "util/str.h"

static void kallsyms_mark(const struct ud_strv *wanted, struct ud_slice line, bool *seen)
{
    char name[UD_SYMBOL_NAME_MAX + 1];
    size_t at;
    if (line.len < sizeof name) {
        memcpy(name, line.ptr, line.len);
        name[line.len] = '\0';
        if (ud_strv_find_sorted(wanted, name, &at)) {
            seen[at] = true;
        }
    }
}

void ud_kallsyms_absent(const char *text, size_t len, const struct ud_strv *wanted,
                        struct ud_strv *ret)
{
    bool *seen = ud_alloc(wanted->len + 1, sizeof *seen);
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    while (ud_str_next_line(&rest, &line)) {
        kallsyms_mark(wanted, line, seen);
    }
    for (size_t i = 0; i < wanted->len; i++) {
        if (!seen[i]) {
            ud_strv_add(ret, wanted->items[i]);
        }
    }
    free(seen);
}
