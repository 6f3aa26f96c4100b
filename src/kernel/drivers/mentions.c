#include "drivers/mentions.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static const char mark[] = "CONFIG_";

void ud_mentions_init(struct ud_mentions *mentions)
{
    *mentions = (struct ud_mentions){0};
    ud_names_init(&mentions->options);
    ud_names_init(&mentions->files);
}

void ud_mentions_done(struct ud_mentions *mentions)
{
    ud_names_done(&mentions->options);
    ud_names_done(&mentions->files);
    free(mentions->items);
    free(mentions->last_file);
    *mentions = (struct ud_mentions){0};
}

static size_t mentions_word(struct ud_slice text)
{
    size_t n = 0;
    while (n < text.len) {
        const char c = text.ptr[n];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '_')) {
            break;
        }
        n++;
    }
    return n;
}

/* Whether this file named the option before; it has then. */
static bool mentions_seen(struct ud_mentions *mentions, uint32_t option, uint32_t file)
{
    if (option >= mentions->last_cap) {
        const size_t old = mentions->last_cap;
        mentions->last_cap = option < 512 ? 1024 : 2 * (size_t)option;
        mentions->last_file =
            ud_realloc(mentions->last_file, mentions->last_cap, sizeof *mentions->last_file);
        memset(mentions->last_file + old, 0,
               (mentions->last_cap - old) * sizeof *mentions->last_file);
    }
    bool seen = mentions->last_file[option] == file + 1;
    mentions->last_file[option] = file + 1;
    return seen;
}

static void mentions_push(struct ud_mentions *mentions, struct ud_slice option, uint32_t file)
{
    static const char suffix[] = "_MODULE"; /* what autoconf.h defines for m */
    const size_t n = sizeof suffix - 1;
    if (option.len > n && memcmp(option.ptr + option.len - n, suffix, n) == 0) {
        option.len -= n;
    }
    uint32_t number = ud_names_add(&mentions->options, option);
    if (number == UD_NAMES_NONE || mentions_seen(mentions, number, file)) {
        return;
    }
    if (mentions->len == mentions->cap) {
        mentions->cap = mentions->cap == 0 ? 4096 : 2 * mentions->cap;
        mentions->items = ud_realloc(mentions->items, mentions->cap, sizeof *mentions->items);
    }
    mentions->items[mentions->len++] = (struct ud_mention){number, file};
}

void ud_mentions_add(struct ud_mentions *mentions, const char *path, const char *text, size_t len)
{
    uint32_t file = UD_NAMES_NONE;
    struct ud_slice rest = {text, len};
    while (rest.len > 0) {
        const char *c = memchr(rest.ptr, mark[0], rest.len);
        if (c == NULL) {
            return;
        }
        rest.len -= (size_t)(c - rest.ptr);
        rest.ptr = c;
        size_t n = mentions_word(rest);
        if (n > sizeof mark - 1 && memcmp(rest.ptr, mark, sizeof mark - 1) == 0 &&
            (c == text || mentions_word((struct ud_slice){c - 1, 1}) == 0)) {
            file = file != UD_NAMES_NONE ? file : ud_names_add(&mentions->files, ud_slice_of(path));
            if (file == UD_NAMES_NONE) {
                return;
            }
            mentions_push(mentions,
                          (struct ud_slice){rest.ptr + sizeof mark - 1, n - (sizeof mark - 1)},
                          file);
        }
        rest.ptr += n;
        rest.len -= n;
    }
}

static int mentions_compare(const void *a, const void *b)
{
    const struct ud_mention *x = a;
    const struct ud_mention *y = b;
    int order = (x->option > y->option) - (x->option < y->option);
    return order != 0 ? order : (x->file > y->file) - (x->file < y->file);
}

void ud_mentions_sort(struct ud_mentions *mentions)
{
    if (mentions->len > 1) {
        qsort(mentions->items, mentions->len, sizeof *mentions->items, mentions_compare);
    }
}

const char *ud_mentions_next(const struct ud_mentions *mentions, const char *option, size_t *at)
{
    uint32_t number = ud_names_find(&mentions->options, ud_slice_of(option));
    size_t low = 0;
    size_t high = mentions->len;
    if (number == UD_NAMES_NONE) {
        return NULL;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mentions->items[middle].option < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const size_t place = low + *at;
    if (place >= mentions->len || mentions->items[place].option != number) {
        return NULL;
    }
    ++*at;
    return ud_names_text(&mentions->files, mentions->items[place].file);
}
