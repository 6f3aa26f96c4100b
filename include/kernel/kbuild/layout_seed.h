/* The seed of randomized structure layouts (CONFIG_RANDSTRUCT). It is drawn when a
 * kernel is built and is in neither its configuration nor its sources: only what that
 * build wrote has it. */
#ifndef KERNEL_KBUILD_LAYOUT_SEED_H
#define KERNEL_KBUILD_LAYOUT_SEED_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/config/config.h"
#include "kernel/kbuild/kbuild.h"
#include "util/error.h"

#define UD_LAYOUT_SEED_SIZE 65 /* 64 hexadecimal digits and the terminating zero */
#define UD_LAYOUT_SEED_FILE_MAX 4096

/* Whether this path, below the top of a built tree, is where a kernel's build leaves its
 * seed: scripts/gcc-plugins/randomize_layout_seed.h to Linux 5.18, since then
 * scripts/basic/randstruct.seed. */
bool ud_layout_seed_is_place(const char *path);

/* Reads either file. UD_ERR_UNFIT if it holds no seed; where names it. */
UD_MUST_CHECK enum ud_code ud_layout_seed_parse(const char *text, size_t len, const char *where,
                                                char ret[UD_LAYOUT_SEED_SIZE],
                                                struct ud_error *err);

/* The SHA-256 of the seed as a module's vermagic tells it (include/linux/vermagic.h:
 * RANDSTRUCT_PLUGIN_<hash> to Linux 5.18, RANDSTRUCT_<hash> since); "" if it tells none. */
void ud_layout_seed_hash(const char *vermagic, char ret[UD_LAYOUT_SEED_SIZE]);

/* In place of the scripts that draw a seed: such as give this one. To be put into the
 * tree before it is prepared; ud_kbuild_files_done releases them. */
void ud_layout_seed_files(const char *seed, struct ud_kbuild_files *ret);

#endif
