#include "kernel/verify/verify.h"

#include "verify/verify_parts.h"

/* Names listed in one finding. */
#define SHOWN_MAX 6

const char ud_verify_rebuild[] = "Build the modules again for the kernel that runs now.";
const char ud_verify_exactly[] =
    "Build with the kernel's own sources, configuration, compiler and pahole.";

static const struct {
    const char *name;
    bool inserting; /* only where they are about to be inserted */
    ud_verify_fn *fn;
} table[] = {
    {"loading", true, ud_verify_loading},
    {"signature", false, ud_verify_signature},
    {"machine", false, ud_verify_machine},
    {"name", false, ud_verify_name},
    {"release", false, ud_verify_release},
    {"vermagic", false, ud_verify_vermagic},
    {"randstruct", false, ud_verify_randstruct},
    {"modversions", false, ud_verify_modversions},
    {"module_layout", false, ud_verify_module_layout},
    {"crcs", false, ud_verify_crcs},
    {"struct-module", false, ud_verify_struct_module},
    {"struct-layouts", false, ud_verify_struct_layouts},
    {"btf", false, ud_verify_btf},
    {"imports", false, ud_verify_imports},
    {"loaded", true, ud_verify_loaded},
};

void ud_verify_modules(const struct ud_verify_input *input, struct ud_findings *ret)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        bool too_early = table[i].fn == ud_verify_signature && input->signer_id == NULL;
        if (!too_early && (input->inserting || !table[i].inserting)) {
            table[i].fn(input, ud_findings_check(ret, table[i].name));
        }
    }
}

void ud_tally_init(struct ud_tally *tally)
{
    *tally = (struct ud_tally){0};
    ud_buf_init(&tally->names, 4096);
}

void ud_tally_done(struct ud_tally *tally)
{
    ud_buf_done(&tally->names);
}

void ud_tally_add(struct ud_tally *tally, const char *name)
{
    if (tally->count++ < SHOWN_MAX) {
        ud_buf_addf(&tally->names, "%s%.64s", tally->names.len > 0 ? ", " : "", name);
    }
}

bool ud_tally_is_cut(const struct ud_tally *tally)
{
    return tally->count > SHOWN_MAX;
}

void ud_tally_find(struct ud_tally *tally, struct ud_verify_check *check, enum ud_found verdict,
                   const char *module, const char *remedy, const char *before, const char *after)
{
    if (ud_tally_is_cut(tally)) {
        ud_buf_addf(&tally->names, " and %zu more", tally->count - SHOWN_MAX);
    }
    if (tally->count > 0) {
        ud_verify_check_find(check, verdict, module, remedy, "%s%s%s", before, tally->names.data,
                             after);
    }
}
