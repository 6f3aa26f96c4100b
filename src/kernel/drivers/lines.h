/* Lines as make and kconfig read them: one that ends with `\` goes on in the next. */
#ifndef KERNEL_DRIVERS_LINES_H
#define KERNEL_DRIVERS_LINES_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/str.h"

/* Takes the next whole line off *rest; false at the end. Its text is in *rest or in
 * scratch, which the caller made and which holds one line at a time. */
bool ud_lines_next(struct ud_slice *rest, struct ud_buf *scratch, struct ud_slice *ret);

#endif
