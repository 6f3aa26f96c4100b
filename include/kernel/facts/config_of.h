/* Whether a configuration that lies among a system's files is the running kernel's. */
#ifndef KERNEL_FACTS_CONFIG_OF_H
#define KERNEL_FACTS_CONFIG_OF_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/config/config.h"
#include "kernel/facts/release.h"
#include "util/error.h"
#include "util/str.h"

/* UD_ERR_FACTS, with the reason as a clause, if the configuration is another kernel's: by the
 * version in kconfig's heading ("# Linux/x86 6.1.192 Kernel Configuration"), by
 * CONFIG_LOCALVERSION, which the release has to contain, and by the compiler's own words, which
 * /proc/version repeats since Linux 5.8 (scripts/mkcompile_h). What it does not tell is not held
 * against it. banner: /proc/version, or NULL. */
UD_MUST_CHECK enum ud_code ud_config_check_of_kernel(const struct ud_release *release,
                                                     const char *banner,
                                                     const struct ud_config *config,
                                                     const char *text, size_t len,
                                                     struct ud_error *err);

/* The compressed configuration in kernel/configs.ko, or in any file that was made of
 * kernel/configs.c: gzip between IKCFG_ST and IKCFG_ED. False if there is none. */
bool ud_config_find_packed(const void *data, size_t len, struct ud_slice *ret);

#endif
