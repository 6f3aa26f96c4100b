/* Where a running kernel's configuration can be found. */
#ifndef HELPER_SYS_CONFIG_FILE_H
#define HELPER_SYS_CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"

enum { UD_CONFIG_PATH_MAX = 192 };

/* The next place of the running kernel's configuration that has one, from *place on (0 at
 * first), which is moved behind it: the file into buf, and its path. False if there is no
 * more. /proc/config.gz comes first, the module configs and the kernel's headers last. It may be
 * compressed, and no configuration of this kernel, or none at all. */
bool ud_config_next(const char *root, const char *release, size_t *place, struct ud_buf *buf,
                    char ret_path[UD_CONFIG_PATH_MAX]);

/* Whether the text is a configuration that builds a kernel of this release:
 * the version in its heading, followed by CONFIG_LOCALVERSION, or by that and
 * "+" as a changed source tree has it. */
bool ud_config_is_of(const struct ud_buf *buf, const char *release);

#endif
