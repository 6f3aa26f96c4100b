/* Whether a running kernel proves that sources are its own: what was made of them is compared
 * with what the kernel shows of itself.
 *
 * Two witnesses count, and either is enough where nothing contradicts it:
 *
 *   CRCs     of symbols, computed from the sources, that the kernel's own modules have too. Each
 *            covers the types of one function's arguments with all that they contain; that of
 *            module_layout covers struct module. UD_PROOF_CRCS_MIN of them have to agree, this
 *            one among them. One small module imports some 40 symbols, and the modules of each
 *            kernel that was tried have 88 or more of those that USB/IP imports: so it takes more
 *            than one module of the kernel, and no kernel with modules of its own fails for want
 *            of CRCs.
 *   structs  as they were compiled and in the kernel's BTF: struct module, and
 *            UD_PROOF_STRUCTS_MIN others. A member that is added changes the size of a struct
 *            unless it fills a gap, and that of each struct which contains it. */
#ifndef KERNEL_VERIFY_PROOF_H
#define KERNEL_VERIFY_PROOF_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/crcs/crcs.h"
#include "kernel/kbuild/layouts.h"
#include "util/error.h"

enum { UD_PROOF_CRCS_MIN = 50, UD_PROOF_STRUCTS_MIN = 30 };

/* What was compared, and agreed. Nothing that differed is left in it: that ends a build. */
struct ud_proof {
    size_t crcs;        /* computed, and those of the kernel's own modules */
    bool module_layout; /* is one of them */
    size_t structs;     /* as in the kernel's BTF */
    size_t members;     /* at the same offsets */
    bool struct_module; /* too */
};

/* Counts the CRCs. */
void ud_proof_take_crcs(const struct ud_crcs *crcs, struct ud_proof *proof);

/* Counts the structs; verdict NULL: the kernel shows no BTF. */
void ud_proof_take_structs(const struct ud_layouts_verdict *verdict, bool struct_module,
                           struct ud_proof *proof);

bool ud_proof_is_given(const struct ud_proof *proof);
bool ud_proof_has_crcs(const struct ud_proof *proof); /* the first witness alone */

/* "proven", "unproven" */
const char *ud_proof_verdict_name(const struct ud_proof *proof);

/* What was compared, or what is missing: a clause, in new memory. */
char *ud_proof_describe(const struct ud_proof *proof);

/* UD_ERR_UNFIT if CRCs that sources of another than the kernel's builder give differ: "37 of 412
 * CRCs differ (…)". remedy is an imperative sentence. */
UD_MUST_CHECK enum ud_code ud_proof_check_crcs(const struct ud_crcs *crcs, const char *remedy,
                                               struct ud_error *err);

/* UD_ERR_FACTS with what is missing unless the proof is given. */
UD_MUST_CHECK enum ud_code ud_proof_check(const struct ud_proof *proof, const char *remedy,
                                          struct ud_error *err);

#endif
