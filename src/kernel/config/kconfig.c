#include "kernel/config/kconfig.h"

#include <stdbool.h>

#include "text/scan.h"
#include "util/str.h"

/* Columns of leading blanks; a tab goes to the next multiple of 8. */
static size_t indent_of(struct ud_slice line)
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

/* A help text lasts until a line that is indented less than its first one. */
struct help {
    enum { NO_HELP, HELP_STARTS, IN_HELP } state;
    size_t indent;
};

static bool is_help(struct help *help, struct ud_slice line)
{
    if (help->state == NO_HELP || ud_slice_trim(line).len == 0) {
        return help->state != NO_HELP;
    }
    size_t indent = indent_of(line);
    if (help->state == HELP_STARTS) {
        *help = (struct help){IN_HELP, indent};
    }
    if (indent == 0 || indent < help->indent) {
        help->state = NO_HELP;
    }
    return help->state != NO_HELP;
}

static bool is_symbol(struct ud_slice word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '_')) {
            return false;
        }
    }
    return word.len > 0;
}

void ud_kconfig_symbols(const char *text, size_t len, struct ud_strv *symbols)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    struct help help = {NO_HELP, 0};
    while (ud_str_next_line(&rest, &line)) {
        struct ud_slice keyword;
        struct ud_slice name;
        if (is_help(&help, line) || !ud_scan_word(&line, &keyword)) {
            continue;
        }
        if (ud_slice_equals(keyword, "help") || ud_slice_equals(keyword, "---help---")) {
            help.state = HELP_STARTS;
        } else if ((ud_slice_equals(keyword, "config") || ud_slice_equals(keyword, "menuconfig")) &&
                   ud_scan_word(&line, &name) && is_symbol(name)) {
            ud_strv_addn(symbols, name.ptr, name.len);
        }
    }
}
