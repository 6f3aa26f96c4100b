/* The checks of `verify`, which `build` makes at its end and `load` before it uploads. */
#ifndef APP_ARTIFACTS_FIT_H
#define APP_ARTIFACTS_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "app/engine/context.h"
#include "artifacts/dist.h"
#include "docker/engine/engine.h"
#include "kernel/plan/plan.h"
#include "kernel/verify/verify.h"
#include "util/error.h"
#include "vm/evidence.h"

/* All borrowed. */
struct ud_fit {
    const struct ud_app *app;
    struct ud_engine *engine;     /* whose kernel is asked; NULL: it is not */
    struct ud_evidence *evidence; /* what it said when it was asked before; NULL: nothing. Without
                                   * both only the facts count */
    const struct ud_facts *facts;
    const struct ud_plan *plan;       /* NULL: none could be made */
    const struct ud_symvers *symvers; /* NULL: not given */
    const struct ud_layouts *layouts; /* compiled with the modules; NULL: none were */
    const char *signer_id; /* see ud_verify_input; ud_fit_check_dist takes the manifest's */
    bool inserting;        /* see ud_verify_input */
    bool allow_no_crcs;
};

/* Adds the checks of ud_verify_modules to *ret. Findings are no failure; errors are
 * those of ud_evidence_ask. */
UD_MUST_CHECK enum ud_code ud_fit_check_modules(const struct ud_fit *fit,
                                                const struct ud_module *const *modules,
                                                const char *const *names, size_t count,
                                                struct ud_findings *ret, struct ud_error *err);

/* The checks "manifest" and "kernel-build", and those. */
UD_MUST_CHECK enum ud_code ud_fit_check_dist(const struct ud_fit *fit, const struct ud_dist *dist,
                                             struct ud_findings *ret, struct ud_error *err);

/* For commands that show no report: warnings are told; other findings, and what was
 * compared, with -v; and the first error is returned. Releases the findings. */
UD_MUST_CHECK enum ud_code ud_fit_conclude(const struct ud_app *app, struct ud_findings *findings,
                                           struct ud_error *err);

#endif
