/* Where a running kernel's configuration can be found. */
#ifndef HELPER_SYS_CONFIG_FILE_H
#define HELPER_SYS_CONFIG_FILE_H

#include <stdbool.h>

#include "util/buf.h"

enum { UD_CONFIG_PATH_MAX = 192 };

/* The configuration of the running kernel, whose release is given, into buf
 * (which is empty), and the path it is from; false if there is none. What the
 * kernel itself gives comes first. It may be gzip. */
bool ud_config_find(const char *root, const char *release, struct ud_buf *buf,
                    char ret_path[UD_CONFIG_PATH_MAX]);

/* Whether it is gzip. */
bool ud_config_is_packed(const struct ud_buf *buf);

/* Whether the text is a configuration that builds a kernel of this release:
 * the version in its heading, followed by CONFIG_LOCALVERSION, or by that and
 * "+" as a changed source tree has it. */
bool ud_config_is_of(const struct ud_buf *buf, const char *release);

#endif
