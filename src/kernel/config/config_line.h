/* One line of a configuration. */
#ifndef KERNEL_CONFIG_CONFIG_LINE_H
#define KERNEL_CONFIG_CONFIG_LINE_H

#include <stdbool.h>

#include "util/str.h"

struct ud_config_line {
    struct ud_slice name;  /* empty: a blank line or a comment */
    struct ud_slice value; /* "n" for `# CONFIG_X is not set` */
};

/* Takes a line apart. NULL, or one clause that says what is wrong with it. */
const char *ud_config_line_parse(struct ud_slice line, struct ud_config_line *ret);

#endif
