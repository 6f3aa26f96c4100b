/* The parts of ud_verify_modules. */
#ifndef KERNEL_VERIFY_PARTS_H
#define KERNEL_VERIFY_PARTS_H

#include "kernel/verify.h"

/* Adds a finding about a module; text is printf-like. */
void ud_findings_add(struct ud_findings *findings, enum ud_severity severity,
                     const struct ud_module *module, const char *remedy, const char *fmt, ...)
    UD_PRINTF(5, 6);

/* Whether the kernel compares CRCs, as far as config and stock modules tell. */
bool ud_verify_modversions(const struct ud_verify_input *input);

/* Each import of a module: is it there, and is its CRC the kernel's? */
void ud_verify_imports(const struct ud_verify_input *input, const struct ud_module *module,
                       struct ud_findings *findings);

#endif
