/* include/generated/autoconf.h, which kconfig writes of a configuration
 * (scripts/kconfig/confdata.c), read back. A kernel with CONFIG_IKHEADERS has it in
 * /sys/kernel/kheaders.tar.xz (kernel/gen_kheaders.sh: the headers, without their comments).
 *
 * It says less than the configuration: options that are off are not named, and `1` is both y and
 * the number 1. So what is made of it is marked, and kconfig is asked about it in another way. */
#ifndef KERNEL_CONFIG_AUTOCONF_H
#define KERNEL_CONFIG_AUTOCONF_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/config/config.h"
#include "util/buf.h"

/* Where the file is in the archive. */
#define UD_AUTOCONF_PATH "include/generated/autoconf.h"

/* Adds the configuration, with the mark in its first line. UD_ERR_FACTS if the text has no option,
 * or a line that kconfig does not write. */
UD_MUST_CHECK enum ud_code ud_autoconf_to_config(const char *text, size_t len, struct ud_buf *ret,
                                                 struct ud_error *err);

/* Whether a configuration has that mark. */
bool ud_autoconf_is_made(const char *text, size_t len);

/* What kconfig is given of such a configuration for `allnoconfig`: each `y` as the number too, of
 * which kconfig takes the one that the option can have. In new memory, NUL-terminated. */
char *ud_autoconf_ask(const char *text, size_t len, size_t *ret_len);

/* Has those options as numbers that kconfig's answer has as numbers. */
void ud_autoconf_learn(struct ud_config *config, const struct ud_config *answer);

#endif
