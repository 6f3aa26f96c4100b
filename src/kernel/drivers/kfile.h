/* Reading Kconfig files into a tree. */
#ifndef KERNEL_DRIVERS_KFILE_H
#define KERNEL_DRIVERS_KFILE_H

#include "drivers/ktree.h"

/* Reads the tree's file Kconfig and all that it sources; see ud_ktree_read. */
UD_MUST_CHECK enum ud_code ud_kfile_read(struct ud_ktree *tree, const char *srcarch,
                                         struct ud_error *err);

/* ---- what the tree is told ---- */

/* A new entry of the option with this name, which depends on nothing and has no prompt. */
uint32_t ud_ktree_add_entry(struct ud_ktree *tree, uint32_t name, bool in_choice);
void ud_ktree_set_type(struct ud_ktree *tree, uint32_t name, enum ud_ktype type);
void ud_ktree_add_default(struct ud_ktree *tree, uint32_t name, const struct ud_kdefault *value);
void ud_ktree_add_select(struct ud_ktree *tree, const struct ud_kselect *select);

#endif
