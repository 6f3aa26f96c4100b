#include "kernel/config/config.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

bool ud_config_same(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "n", b != NULL ? b : "n") == 0;
}

static void add_change(struct ud_config_changes *changes, const char *name, const char *before,
                       const char *after)
{
    if (ud_config_same(before, after)) {
        return;
    }
    changes->items = ud_realloc(changes->items, changes->len + 1, sizeof *changes->items);
    changes->items[changes->len++] = (struct ud_config_change){
        .name = ud_strdup(name),
        .before = before != NULL ? ud_strdup(before) : NULL,
        .after = after != NULL ? ud_strdup(after) : NULL,
    };
}

void ud_config_compare(const struct ud_config *before, const struct ud_config *after,
                       struct ud_config_changes *ret)
{
    struct ud_config_changes changes = {0};
    size_t i = 0;
    size_t j = 0;
    while (i < before->len || j < after->len) {
        const struct ud_config_option *a = i < before->len ? &before->options[i] : NULL;
        const struct ud_config_option *b = j < after->len ? &after->options[j] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a->name, b->name);
        if (order < 0) {
            add_change(&changes, a->name, a->value, NULL);
        } else if (order > 0) {
            add_change(&changes, b->name, NULL, b->value);
        } else {
            add_change(&changes, a->name, a->value, b->value);
        }
        i += order <= 0;
        j += order >= 0;
    }
    *ret = changes;
}

void ud_config_changes_done(struct ud_config_changes *changes)
{
    if (changes == NULL) {
        return;
    }
    for (size_t i = 0; i < changes->len; i++) {
        free(changes->items[i].name);
        free(changes->items[i].before);
        free(changes->items[i].after);
    }
    free(changes->items);
    *changes = (struct ud_config_changes){0};
}
