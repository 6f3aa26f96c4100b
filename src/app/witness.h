/* What a running kernel shows of itself for modules to be compared with. */
#ifndef APP_WITNESS_H
#define APP_WITNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/context.h"
#include "docker/engine.h"
#include "kernel/plan.h"
#include "kernel/verify.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_witness {
    struct ud_module *stock;             /* some of the VM's own modules */
    const struct ud_module **stock_list; /* the same, as ud_verify_input wants them */
    size_t stock_count;
    bool has_btf;
    struct ud_module_layout btf; /* struct module by the kernel's BTF */
    bool has_layouts;
    struct ud_layouts_verdict layouts; /* input's layouts compared with the same */
    bool asked;                        /* /proc/kallsyms was read */
    struct ud_strv absent;             /* imports that it lacks, sorted */
};

/* Asks the kernel what input's modules are to be compared with, and points input's
 * stock, btf, layouts_verdict and absent at it; *ret must outlive them. plan, which may
 * be NULL, tells which of the VM's own modules they stand on. What the kernel does not
 * show is left out, with a warning: only UD_ERR_INTERRUPTED and what ends every
 * conversation with the engine is an error. */
UD_MUST_CHECK enum ud_code ud_witness_ask(const struct ud_app *app, struct ud_engine *engine,
                                          const struct ud_plan *plan, struct ud_verify_input *input,
                                          struct ud_witness *ret, struct ud_error *err);
void ud_witness_done(struct ud_witness *witness);

/* Paths, relative to the modules' folder, of modules worth reading: those of the plan, then some
 * that are small. */
void ud_witness_choose(const struct ud_facts *facts, const struct ud_plan *plan,
                       struct ud_strv *ret);

#endif
