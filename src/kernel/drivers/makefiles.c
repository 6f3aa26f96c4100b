#include "drivers/makefiles.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/modlist/module_name.h"
#include "util/mem.h"

void ud_makefiles_init(struct ud_makefiles *makefiles)
{
    *makefiles = (struct ud_makefiles){0};
    ud_names_init(&makefiles->names);
}

void ud_makefiles_done(struct ud_makefiles *makefiles)
{
    ud_names_done(&makefiles->names);
    free(makefiles->items);
    free(makefiles->by_option);
    free(makefiles->by_name);
    ud_strv_done(&makefiles->own_kbuild);
    ud_strv_done(&makefiles->includes);
    *makefiles = (struct ud_makefiles){0};
}

bool ud_makefiles_wants(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    return strcmp(name, "Makefile") == 0 || strcmp(name, "Kbuild") == 0;
}

/* qsort has no place for what it sorts by: pairs of key and index. */
struct pair {
    uint32_t key, index;
};

static int makefiles_compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    int order = (x->key > y->key) - (x->key < y->key);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static uint32_t makefiles_key(const struct ud_made *made, bool by_option)
{
    return by_option ? made->option : made->name;
}

static uint32_t *makefiles_index(const struct ud_makefiles *makefiles, bool by_option)
{
    struct pair *pairs = ud_alloc(makefiles->len + 1, sizeof *pairs);
    uint32_t *index = ud_alloc(makefiles->len + 1, sizeof *index);
    for (uint32_t i = 0; i < makefiles->len; i++) {
        pairs[i] = (struct pair){makefiles_key(&makefiles->items[i], by_option), i};
    }
    qsort(pairs, makefiles->len, sizeof *pairs, makefiles_compare_pairs);
    for (size_t i = 0; i < makefiles->len; i++) {
        index[i] = pairs[i].index;
    }
    free(pairs);
    return index;
}

void ud_makefiles_sort(struct ud_makefiles *makefiles)
{
    free(makefiles->by_option);
    free(makefiles->by_name);
    makefiles->by_option = makefiles_index(makefiles, true);
    makefiles->by_name = makefiles_index(makefiles, false);
}

/* The place of the first item with this key, or of where it would be. */
static size_t makefiles_first(const struct ud_makefiles *makefiles, bool by_option, uint32_t key)
{
    const uint32_t *index = by_option ? makefiles->by_option : makefiles->by_name;
    size_t low = 0;
    size_t high = makefiles->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (makefiles_key(&makefiles->items[index[middle]], by_option) < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The *at-th item with this key; counts *at up. */
static const struct ud_made *makefiles_next(const struct ud_makefiles *makefiles, bool by_option,
                                            const char *text, size_t *at)
{
    uint32_t key = ud_names_find(&makefiles->names, ud_slice_of(text));
    if (key == UD_NAMES_NONE) {
        return NULL;
    }
    const uint32_t *index = by_option ? makefiles->by_option : makefiles->by_name;
    size_t place = makefiles_first(makefiles, by_option, key) + *at;
    if (place >= makefiles->len ||
        makefiles_key(&makefiles->items[index[place]], by_option) != key) {
        return NULL;
    }
    ++*at;
    return &makefiles->items[index[place]];
}

const struct ud_made *ud_makefiles_of_option(const struct ud_makefiles *makefiles,
                                             const char *option, size_t *at)
{
    return makefiles_next(makefiles, true, option, at);
}

const struct ud_made *ud_makefiles_of_object(const struct ud_makefiles *makefiles, const char *dir,
                                             const char *name, size_t *at)
{
    const struct ud_made *made = makefiles_next(makefiles, false, name, at);
    while (made != NULL &&
           (made->kind == UD_MADE_DIR || strcmp(ud_made_text(makefiles, made->dir), dir) != 0)) {
        made = makefiles_next(makefiles, false, name, at);
    }
    return made;
}

/* Names are written with either sign: all have to be looked at. */
const struct ud_made *ud_makefiles_module(const struct ud_makefiles *makefiles, const char *module,
                                          size_t *at)
{
    while (*at < makefiles->len) {
        const struct ud_made *made = &makefiles->items[(*at)++];
        if (made->kind == UD_MADE_OBJECT &&
            strcmp(ud_made_text(makefiles, made->option), "y") != 0 &&
            ud_module_name_equal(ud_made_text(makefiles, made->name), module)) {
            return made;
        }
    }
    return NULL;
}

/* The options under which make goes into this directory from the one above. */
static char *makefiles_one_dir(const struct ud_makefiles *makefiles, const char *dir)
{
    struct ud_strv options = {0};
    size_t at = 0;
    const struct ud_made *made;
    while ((made = makefiles_next(makefiles, false, dir, &at)) != NULL) {
        if (made->kind == UD_MADE_DIR) {
            ud_strv_add(&options, ud_made_text(makefiles, made->option));
        }
    }
    ud_strv_sort_unique(&options);
    bool always = options.len == 0 || ud_strv_has(&options, "y") || ud_strv_has(&options, "m");
    char *text = always ? ud_strdup("y") : ud_strv_join(&options, " ");
    ud_strv_done(&options);
    return text;
}

void ud_makefiles_dir_options(const struct ud_makefiles *makefiles, const char *dir,
                              struct ud_strv *ret)
{
    for (size_t len = 0; dir[len] != '\0';) {
        len += strcspn(dir + len + 1, "/") + 1;
        char *part = ud_strndup(dir, len);
        char *options = makefiles_one_dir(makefiles, part);
        ud_strv_add(ret, options);
        free(options);
        free(part);
    }
}
