/* All that decides what the modules of a build are, as text: two builds with the
 * same text make the same bytes. Its digest is what kept things are found by. */
#ifndef KERNEL_KBUILD_BUILD_KEY_H
#define KERNEL_KBUILD_BUILD_KEY_H

#include <stdbool.h>

#include "kernel/config/config.h"
#include "kernel/drivers/drivers.h"
#include "kernel/facts/facts.h"
#include "kernel/kbuild/kbuild.h"
#include "kernel/plan/plan.h"
#include "util/buf.h"

/* All borrowed. */
struct ud_build_key {
    const char *program;                    /* this program's version */
    const char *source_sha256;              /* of the archive */
    const char *selection;                  /* what of it is used: see ud_srcsel_rules */
    const char *builder;                    /* the image that compiles */
    const char *config_sha256;              /* of the running kernel's configuration text */
    const char *symvers_sha256;             /* "" without Module.symvers */
    const char *patches_sha256;             /* of the changes to the sources; "" or NULL: none */
    const char *layout_seed;                /* "" without a randomized layout */
    const struct ud_facts *facts;           /* release, version, build id, machine */
    const struct ud_plan *plan;             /* what is built */
    const struct ud_config_edits *edits;    /* the plan's and the user's */
    const struct ud_driver_wish *wish;      /* drivers besides; may be NULL */
    const struct ud_kbuild_options *kbuild; /* the number of jobs does not count */
};

/* Adds the text. */
void ud_build_key_text(const struct ud_build_key *key, struct ud_buf *out);

#endif
