#include "config/kconfig_help.h"

/* Columns of leading blanks; a tab goes to the next multiple of 8. */
static size_t khelp_indent(struct ud_slice line)
{
    size_t columns = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '\t') {
            columns = (columns / 8 + 1) * 8;
        } else if (line.ptr[i] == ' ') {
            columns++;
        } else {
            break;
        }
    }
    return columns;
}

bool ud_khelp_has(struct ud_khelp *help, struct ud_slice line)
{
    if (help->state == UD_KHELP_NONE || ud_slice_trim(line).len == 0) {
        return help->state != UD_KHELP_NONE;
    }
    size_t indent = khelp_indent(line);
    if (help->state == UD_KHELP_STARTS) {
        *help = (struct ud_khelp){UD_KHELP_INSIDE, indent};
    }
    if (indent == 0 || indent < help->indent) {
        help->state = UD_KHELP_NONE;
    }
    return help->state != UD_KHELP_NONE;
}

bool ud_khelp_starts(struct ud_khelp *help, struct ud_slice keyword)
{
    if (!ud_slice_equals(keyword, "help") && !ud_slice_equals(keyword, "---help---")) {
        return false;
    }
    help->state = UD_KHELP_STARTS;
    return true;
}
