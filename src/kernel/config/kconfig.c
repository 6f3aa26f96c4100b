#include "kernel/config/kconfig.h"

#include <stdbool.h>

#include "config/kconfig_help.h"
#include "text/scan.h"
#include "util/str.h"

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
    struct ud_khelp help = {0};
    while (ud_str_next_line(&rest, &line)) {
        struct ud_slice keyword;
        struct ud_slice name;
        if (ud_khelp_has(&help, line) || !ud_scan_word(&line, &keyword)) {
            continue;
        }
        if (!ud_khelp_starts(&help, keyword) &&
            (ud_slice_equals(keyword, "config") || ud_slice_equals(keyword, "menuconfig")) &&
            ud_scan_word(&line, &name) && is_symbol(name)) {
            ud_strv_addn(symbols, name.ptr, name.len);
        }
    }
}
