/* Do built modules fit the running kernel? Judged by their bytes alone. */
#ifndef KERNEL_VERIFY_H
#define KERNEL_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/facts.h"
#include "kernel/module.h"
#include "kernel/symvers.h"
#include "util/error.h"

enum ud_severity { UD_FINDING_NOTE, UD_FINDING_WARNING, UD_FINDING_ERROR };

struct ud_finding {
    enum ud_severity severity;
    char *module;
    char *text;
    const char *remedy; /* static, or NULL */
};

struct ud_findings {
    struct ud_finding *items;
    size_t len;
};

struct ud_verify_input {
    const struct ud_facts *facts;           /* release, machine; config if has_config */
    const struct ud_module *const *modules; /* those to be inserted */
    size_t count;
    const char *const *names;         /* expected name of each ("vhci-hcd"), or NULL */
    const struct ud_symvers *symvers; /* of the kernel; NULL: not known */
    /* Modules of the running kernel itself, as witnesses of its vermagic,
     * struct module and CRCs; may be none. */
    const struct ud_module *const *stock;
    size_t stock_count;
    bool allow_no_crcs; /* the user accepts modules without CRCs: warn, do not fail */
};

/* Fills *ret with all findings, in the order of the modules, and returns
 * UD_ERR_UNFIT with the first error among them, or UD_OK. *ret is filled in
 * both cases: release it with ud_findings_done. */
UD_MUST_CHECK enum ud_code ud_verify_modules(const struct ud_verify_input *input,
                                             struct ud_findings *ret, struct ud_error *err);
void ud_findings_done(struct ud_findings *findings);

const char *ud_severity_name(enum ud_severity severity); /* "note", "warning", "error" */

#endif
