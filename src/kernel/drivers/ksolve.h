/* Which options have to be switched on besides, so that a wanted one can be. */
#ifndef KERNEL_DRIVERS_KSOLVE_H
#define KERNEL_DRIVERS_KSOLVE_H

#include <stdbool.h>

#include "drivers/ktree.h"
#include "kernel/config/config.h"
#include "util/error.h"
#include "util/strv.h"

/* All borrowed. */
struct ud_ksolve {
    const struct ud_ktree *tree;
    const struct ud_config *running;
    const struct ud_config_edits *given; /* what is set anyhow, and stays; may be NULL */
    /* Whether to switch this boolean on, or to make it a module, would change code of the image
     * that runs; then *ret_why, in new memory, is a clause that says which. */
    bool (*in_image)(void *ctx, const char *option, bool module, char **ret_why);
    void *ctx;
    bool with_defaults; /* count what comes on by itself, too: the whole answer */
};

struct ud_ksolution {
    /* m for what can be a module, y for booleans. What others select, and so comes by
     * itself, is in it. Nothing that the running kernel has so. */
    struct ud_config_edits edits;
    /* Options that are m already and that these, or the wanted ones, build upon. Sorted.
     * Of alternatives all are named. */
    struct ud_strv used;
};

/* Finds a small set of edits, after which the conditions of each wanted option hold. Of
 * alternatives it takes the one with the fewest edits. UD_ERR_CONFIG, naming the options
 * on the way and the condition, if there is none; UD_ERR_USAGE for an option that the
 * sources do not have. */
UD_MUST_CHECK enum ud_code ud_ksolve_run(const struct ud_ksolve *solve,
                                         const struct ud_strv *wanted, struct ud_ksolution *ret,
                                         struct ud_error *err);
void ud_ksolution_done(struct ud_ksolution *solution);

#endif
