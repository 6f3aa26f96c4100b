/* vermagic: the release and flags that a module was stamped with. */
#ifndef KERNEL_FACTS_VERMAGIC_H
#define KERNEL_FACTS_VERMAGIC_H

#include <stdbool.h>

#include "kernel/config/config.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_vermagic {
    char *release;
    struct ud_strv flags; /* in their order, such as SMP, preempt, mod_unload, modversions */
};

/* Splits at blanks. */
void ud_vermagic_parse(const char *text, struct ud_vermagic *ret);
void ud_vermagic_done(struct ud_vermagic *vermagic);

/* True if the flags are equal, whatever the release. Else why (an initialized
 * buffer, may be NULL) gets a clause that names every flag that differs, such as
 * "it lacks modversions, which the kernel has". */
bool ud_vermagic_same_flags(const struct ud_vermagic *module, const struct ud_vermagic *kernel,
                            struct ud_buf *why);

/* What a kernel of this release and configuration stamps. machine is as
 * `uname -m` says it. A randomized layout's flag holds a hash that is not in
 * the configuration: it is left out. */
void ud_vermagic_expected(const char *release, const char *machine, const struct ud_config *config,
                          struct ud_vermagic *ret);

#endif
