/* Do modules fit the running kernel? Judged by their bytes and by the kernel. */
#ifndef KERNEL_VERIFY_VERIFY_H
#define KERNEL_VERIFY_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/crcs/symvers.h"
#include "kernel/elf/module.h"
#include "kernel/facts/facts.h"
#include "kernel/kbuild/layouts.h"
#include "kernel/verify/findings.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* Where struct module of a kernel has what a module's file shows of its own. */
struct ud_module_layout {
    uint64_t size; /* bytes */
    bool has_init, has_exit;
    uint64_t init_offset, exit_offset;
};

struct ud_verify_input {
    const struct ud_facts *facts;           /* release, machine; config if has_config */
    const struct ud_module *const *modules; /* those to be inserted */
    size_t count;
    const char *const *names;         /* expected name of each ("vhci-hcd"), or NULL */
    const struct ud_symvers *symvers; /* of the kernel; NULL: not known */
    /* Modules of the running kernel itself, as witnesses of its vermagic,
     * struct module, CRCs and exports; may be none. */
    const struct ud_module *const *stock;
    size_t stock_count;
    const struct ud_module_layout *btf; /* by the kernel's own BTF; NULL: not known */
    const struct ud_buf *types;         /* the kernel's BTF itself; NULL: not known */
    /* Structs as they were compiled with the modules, and what comparing them with the kernel's BTF
     * found; NULL: none were compiled, and the BTF is not known. */
    const struct ud_layouts *layouts;
    const struct ud_layouts_verdict *layouts_verdict;
    const struct ud_strv *absent; /* those of ud_verify_list_imports that /proc/kallsyms lacks,
                                   * sorted; NULL: it was not asked */
    /* The key that signed them, as the kernel lists it; "": only the signatures tell; NULL: they
     * are still to be signed. */
    const char *signer_id;
    bool by_facts;      /* no witness was asked: what only one can tell is unknown */
    bool inserting;     /* also: would the kernel take a module, has it these already? */
    bool allow_no_crcs; /* the user accepts modules without CRCs: warn, do not fail */
};

/* Adds each check to *ret, in a fixed order, whatever the others found:
 *
 *   loading        the kernel takes modules at all (inserting only)
 *   signature      signed as the kernel wants it (unless still to be signed)
 *   machine        the instruction set
 *   name           the module is the one that its file's name says
 *   release        `uname -r`
 *   vermagic       every flag of it
 *   randstruct     the seed of a randomized layout
 *   modversions    there are CRCs where the kernel compares them
 *   module_layout  the CRC over struct module and what it holds
 *   crcs           the CRC of every other import
 *   struct-module  size, and offsets of init and exit
 *   struct-layouts sizes and members of other structs, as compiled
 *   btf            types that the module brings go with the kernel's
 *   imports        somebody exports them
 *   loaded         the kernel has none of that name (inserting only)
 */
void ud_verify_modules(const struct ud_verify_input *input, struct ud_findings *ret);

/* Whether a Module.symvers is the running kernel's, as far as the kernel's own modules know: they
 * were linked against the symbols that they import, or export them. what names the list at the
 * beginning of a sentence. UD_ERR_UNFIT, with this remedy, if a CRC differs. */
UD_MUST_CHECK enum ud_code ud_verify_symvers(const struct ud_symvers *symvers, const char *what,
                                             const struct ud_module *const *stock,
                                             size_t stock_count, const char *remedy,
                                             struct ud_error *err);

/* Adds the names of imports that neither the modules nor the witnesses export, which the kernel
 * therefore must have; sorted. */
void ud_verify_list_imports(const struct ud_verify_input *input, struct ud_strv *names);

#endif
