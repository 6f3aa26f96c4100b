#include "drivers/ktree.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/kfile.h"
#include "util/mem.h"

void ud_ktree_init(struct ud_ktree *tree)
{
    *tree = (struct ud_ktree){0};
    ud_names_init(&tree->names);
    ud_kexprs_init(&tree->exprs);
}

static void ktree_forget_texts(struct ud_ktree *tree)
{
    for (size_t i = 0; i < tree->file_count; i++) {
        free(tree->files[i].path);
        free(tree->files[i].text);
    }
    free(tree->files);
    tree->files = NULL;
    tree->file_count = 0;
}

void ud_ktree_done(struct ud_ktree *tree)
{
    ktree_forget_texts(tree);
    ud_names_done(&tree->names);
    ud_kexprs_done(&tree->exprs);
    free(tree->symbols);
    free(tree->entries);
    free(tree->defaults);
    free(tree->selects);
    *tree = (struct ud_ktree){0};
}

/* Makes room for one more at items[count]. */
static void *ktree_room(void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) {
        return items;
    }
    *cap = *cap == 0 ? 64 : 2 * *cap;
    return ud_realloc(items, *cap, size);
}

void ud_ktree_add(struct ud_ktree *tree, const char *path, const char *text, size_t len)
{
    tree->files = ud_realloc(tree->files, tree->file_count + 1, sizeof *tree->files);
    char *copy = ud_strndup(text, len);
    tree->files[tree->file_count++] = (struct ud_kfile){ud_strdup(path), copy, strlen(copy)};
}

/* Every name up to this one has a symbol then. */
static struct ud_ksymbol *ktree_symbol(struct ud_ktree *tree, uint32_t name)
{
    while (tree->symbol_count <= name) {
        tree->symbols =
            ktree_room(tree->symbols, tree->symbol_count, &tree->symbol_cap, sizeof *tree->symbols);
        tree->symbols[tree->symbol_count++] = (struct ud_ksymbol){
            UD_KTYPE_UNKNOWN, UD_KTREE_END, UD_KTREE_END, UD_KTREE_END,
            UD_KTREE_END,     UD_KTREE_END, UD_KTREE_END,
        };
    }
    return &tree->symbols[name];
}

uint32_t ud_ktree_add_entry(struct ud_ktree *tree, uint32_t name, bool in_choice)
{
    struct ud_ksymbol *symbol = ktree_symbol(tree, name);
    const uint32_t index = (uint32_t)tree->entry_count;
    tree->entries =
        ktree_room(tree->entries, tree->entry_count, &tree->entry_cap, sizeof *tree->entries);
    tree->entries[tree->entry_count++] =
        (struct ud_kentry){UD_KEXPR_Y, UD_KEXPR_N, in_choice, UD_KTREE_END};
    if (symbol->first_entry == UD_KTREE_END) {
        symbol->first_entry = index;
    } else {
        tree->entries[symbol->last_entry].next = index;
    }
    symbol->last_entry = index;
    return index;
}

void ud_ktree_set_type(struct ud_ktree *tree, uint32_t name, enum ud_ktype type)
{
    ktree_symbol(tree, name)->type = type;
}

void ud_ktree_add_default(struct ud_ktree *tree, uint32_t name, const struct ud_kdefault *value)
{
    struct ud_ksymbol *symbol = ktree_symbol(tree, name);
    const uint32_t index = (uint32_t)tree->default_count;
    tree->defaults =
        ktree_room(tree->defaults, tree->default_count, &tree->default_cap, sizeof *tree->defaults);
    tree->defaults[tree->default_count] = *value;
    tree->defaults[tree->default_count++].next = UD_KTREE_END;
    if (symbol->first_default == UD_KTREE_END) {
        symbol->first_default = index;
    } else {
        tree->defaults[symbol->last_default].next = index;
    }
    symbol->last_default = index;
}

void ud_ktree_add_select(struct ud_ktree *tree, const struct ud_kselect *select)
{
    const uint32_t index = (uint32_t)tree->select_count;
    tree->selects =
        ktree_room(tree->selects, tree->select_count, &tree->select_cap, sizeof *tree->selects);
    struct ud_kselect *added = &tree->selects[tree->select_count++];
    *added = *select;
    struct ud_ksymbol *symbol = ktree_symbol(tree, select->symbol);
    added->next = symbol->first_select;
    symbol->first_select = index;
    struct ud_ksymbol *target = ktree_symbol(tree, select->target);
    added->next_selector = target->first_selector;
    target->first_selector = index;
}

static int ktree_compare_files(const void *a, const void *b)
{
    return strcmp(((const struct ud_kfile *)a)->path, ((const struct ud_kfile *)b)->path);
}

enum ud_code ud_ktree_read(struct ud_ktree *tree, const char *srcarch, struct ud_error *err)
{
    if (tree->file_count > 0) {
        qsort(tree->files, tree->file_count, sizeof *tree->files, ktree_compare_files);
    }
    enum ud_code rc = ud_kfile_read(tree, srcarch, err);
    if (rc == UD_OK && tree->names.len > 0) {
        (void)ktree_symbol(tree, (uint32_t)tree->names.len - 1);
    }
    ktree_forget_texts(tree);
    return rc;
}

uint32_t ud_ktree_find(const struct ud_ktree *tree, const char *option)
{
    uint32_t name = ud_names_find(&tree->names, ud_slice_of(option));
    return name < tree->symbol_count && tree->symbols[name].first_entry != UD_KTREE_END
               ? name
               : UD_KTREE_END;
}
