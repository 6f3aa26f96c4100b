/* What a running kernel shows of itself for modules to be compared with. */
#ifndef APP_VM_EVIDENCE_H
#define APP_VM_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "kernel/plan/plan.h"
#include "kernel/verify/verify.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* First what the kernel shows, which does not depend on the modules; then what comparing gave. */
struct ud_evidence {
    struct ud_module *stock;             /* some of the VM's own modules */
    const struct ud_module **stock_list; /* the same, as ud_verify_input wants them */
    size_t stock_count;
    struct ud_buf btf;     /* the kernel's types; zeroed: it shows none */
    bool has_symbols;      /* /proc/kallsyms was read */
    struct ud_buf symbols; /* as kernel/elf/kallsyms.h takes them; valid with has_symbols */

    bool has_layout;
    struct ud_module_layout layout; /* struct module by btf */
    bool has_layouts;
    struct ud_layouts_verdict layouts; /* input's layouts compared with btf */
    struct ud_strv absent;             /* imports that symbols lacks, sorted */
};

/* Asks the kernel. plan and needed, which both may be NULL, tell which of the VM's own modules
 * those to be compared stand on: needed are names, of which the VM need not have files. What the
 * kernel does not show is left out, with a warning: only UD_ERR_INTERRUPTED and what ends every
 * conversation with the engine is an error. */
UD_MUST_CHECK enum ud_code ud_evidence_ask(const struct ud_app *app, struct ud_engine *engine,
                                           const struct ud_facts *facts, const struct ud_plan *plan,
                                           const struct ud_strv *needed, struct ud_evidence *ret,
                                           struct ud_error *err);

/* Compares, and points input's stock, btf, types, layouts_verdict and absent at *evidence, which
 * must outlive them. */
void ud_evidence_compare(struct ud_evidence *evidence, const struct ud_app *app,
                         struct ud_verify_input *input);

void ud_evidence_done(struct ud_evidence *evidence);

/* Paths, relative to the modules' folder, of modules worth reading: those of the plan, those that
 * are needed, then some that are small. */
void ud_evidence_choose(const struct ud_facts *facts, const struct ud_plan *plan,
                        const struct ud_strv *needed, struct ud_strv *ret);

#endif
