/* How text may look on a stream: colours, characters, width. */
#ifndef CLI_REPORT_STYLE_H
#define CLI_REPORT_STYLE_H

#include <stdbool.h>

#include "report/hints.h"
#include "util/buf.h"

struct ud_style {
    bool color;                   /* escape sequences for colours are welcome */
    bool utf8;                    /* characters beyond ASCII are welcome */
    unsigned width;               /* columns to break lines at; 0: do not break */
    const struct ud_hints *hints; /* borrowed; of the commands that texts name; NULL: as they are */
};

enum ud_paint { UD_PAINT_BOLD, UD_PAINT_DIM, UD_PAINT_GOOD, UD_PAINT_WARN, UD_PAINT_BAD };

/* The escape sequence, or "" without colour. */
const char *ud_style_on(const struct ud_style *style, enum ud_paint paint);
const char *ud_style_off(const struct ud_style *style);

enum ud_sign { UD_SIGN_DONE, UD_SIGN_FAILED, UD_SIGN_NEXT, UD_SIGN_ELLIPSIS };

/* "✔", "✘", "→", "…", or something of ASCII instead. */
const char *ud_style_sign(const struct ud_style *style, enum ud_sign sign);

#endif
