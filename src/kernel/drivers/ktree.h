/* What all Kconfig files of a tree say together: the options, and the conditions of each. */
#ifndef KERNEL_DRIVERS_KTREE_H
#define KERNEL_DRIVERS_KTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/kexpr.h"
#include "drivers/names.h"
#include "util/error.h"

enum ud_ktype { UD_KTYPE_UNKNOWN, UD_KTYPE_BOOL, UD_KTYPE_TRISTATE, UD_KTYPE_OTHER };

/* Chains, of one option each, by indices; this ends one. */
#define UD_KTREE_END UINT32_MAX

/* One `config X`. An option may have several. */
struct ud_kentry {
    uint32_t depends; /* an expression: its own and that of what it lies in */
    uint32_t prompt;  /* when the user is asked; UD_KEXPR_N: never */
    bool in_choice;
    uint32_t next;
};

/* `default value if condition`, in the order of the text: the first that applies counts. */
struct ud_kdefault {
    uint32_t entry;
    uint32_t value, condition;
    uint32_t next;
};

/* `select target if condition`. */
struct ud_kselect {
    uint32_t symbol, entry;
    uint32_t target, condition;
    uint32_t next;          /* of the same option */
    uint32_t next_selector; /* of the same target */
};

/* By the number of its name. Names that are only mentioned have no entry. */
struct ud_ksymbol {
    enum ud_ktype type;
    uint32_t first_entry, last_entry;
    uint32_t first_default, last_default;
    uint32_t first_select;
    uint32_t first_selector; /* a select of it as the target */
};

struct ud_kfile {
    char *path, *text;
    size_t len;
};

struct ud_ktree {
    struct ud_names names;
    struct ud_kexprs exprs;
    struct ud_ksymbol *symbols; /* as many as names */
    struct ud_kentry *entries;
    struct ud_kdefault *defaults;
    struct ud_kselect *selects;
    size_t symbol_count, entry_count, default_count, select_count;
    size_t symbol_cap, entry_cap, default_cap, select_cap;
    struct ud_kfile *files; /* sorted by path once they are read */
    size_t file_count;
};

void ud_ktree_init(struct ud_ktree *tree);
void ud_ktree_done(struct ud_ktree *tree);

/* Keeps the text of the Kconfig file at path. */
void ud_ktree_add(struct ud_ktree *tree, const char *path, const char *text, size_t len);

/* Reads what was added, from the file Kconfig down, as `source` says, and forgets the
 * texts. srcarch is the value of SRCARCH. UD_ERR_SOURCE if there is no file Kconfig, or if
 * they source each other. */
UD_MUST_CHECK enum ud_code ud_ktree_read(struct ud_ktree *tree, const char *srcarch,
                                         struct ud_error *err);

/* The option's number, or UD_KTREE_END if no entry defines it. */
uint32_t ud_ktree_find(const struct ud_ktree *tree, const char *option);

#endif
