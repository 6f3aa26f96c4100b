/* The checks of ud_verify_modules; each fills one check. */
#ifndef KERNEL_VERIFY_VERIFY_PARTS_H
#define KERNEL_VERIFY_VERIFY_PARTS_H

#include "kernel/verify/verify.h"
#include "util/buf.h"

typedef void ud_verify_fn(const struct ud_verify_input *input, struct ud_verify_check *check);

ud_verify_fn ud_verify_loading;
ud_verify_fn ud_verify_signature;
ud_verify_fn ud_verify_machine;
ud_verify_fn ud_verify_name;
ud_verify_fn ud_verify_release;
ud_verify_fn ud_verify_vermagic;
ud_verify_fn ud_verify_randstruct;
ud_verify_fn ud_verify_modversions;
ud_verify_fn ud_verify_module_layout;
ud_verify_fn ud_verify_crcs;
ud_verify_fn ud_verify_struct_module;
ud_verify_fn ud_verify_struct_layouts;
ud_verify_fn ud_verify_btf;
ud_verify_fn ud_verify_imports;
ud_verify_fn ud_verify_loaded;

/* Whether the kernel compares CRCs, as far as configuration and witnesses tell. */
enum ud_modversions { UD_MODVERSIONS_OFF, UD_MODVERSIONS_ON, UD_MODVERSIONS_UNKNOWN };
enum ud_modversions ud_verify_compares_crcs(const struct ud_verify_input *input);

extern const char ud_verify_rebuild[]; /* remedies */
extern const char ud_verify_exactly[];

/* A list of names for a message: some are shown, the rest is counted. */
struct ud_tally {
    struct ud_buf names;
    size_t count;
};

void ud_tally_init(struct ud_tally *tally);
void ud_tally_add(struct ud_tally *tally, const char *name);
/* Whether there are more than its text has. */
bool ud_tally_is_cut(const struct ud_tally *tally);
/* Adds a finding about module, if there are names, with a text before and one after them. */
void ud_tally_find(struct ud_tally *tally, struct ud_verify_check *check, enum ud_found verdict,
                   const char *module, const char *remedy, const char *before, const char *after);
void ud_tally_done(struct ud_tally *tally);

#endif
