#include "config/config_line.h"

#include "kernel/config/config.h"
#include "text/scan.h"

static bool is_name_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Takes a name off the front. */
static bool take_name(struct ud_slice *rest, struct ud_slice *ret)
{
    size_t n = 0;
    while (n < rest->len && is_name_char(rest->ptr[n])) {
        n++;
    }
    *ret = (struct ud_slice){rest->ptr, n};
    rest->ptr += n;
    rest->len -= n;
    return n > 0 && n <= UD_CONFIG_NAME_MAX;
}

/* `# CONFIG_X is not set`; false for any other comment. */
static bool parse_not_set(struct ud_slice line, struct ud_config_line *ret)
{
    struct ud_slice name;
    if (!ud_scan_text(&line, "# CONFIG_") || !take_name(&line, &name) ||
        !ud_slice_equals(line, " is not set")) {
        return false;
    }
    *ret = (struct ud_config_line){name, ud_slice_of("n")};
    return true;
}

/* Quotes at both ends and none inside but behind a backslash. */
static bool is_quoted(struct ud_slice s)
{
    if (s.len < 2 || s.ptr[0] != '"' || s.ptr[s.len - 1] != '"') {
        return false;
    }
    size_t i = 1;
    while (i < s.len - 1 && s.ptr[i] != '"') {
        i += s.ptr[i] == '\\' ? 2 : 1;
    }
    return i == s.len - 1;
}

static bool is_number(struct ud_slice s)
{
    bool hex = ud_slice_starts(s, "0x") || ud_slice_starts(s, "0X");
    size_t i = hex ? 2 : (s.len > 0 && s.ptr[0] == '-' ? 1 : 0);
    if (i >= s.len) {
        return false;
    }
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        bool hex_letter = hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
        if (!hex_letter && (c < '0' || c > '9')) {
            return false;
        }
    }
    return true;
}

static bool is_tristate(struct ud_slice s)
{
    return s.len == 1 && (s.ptr[0] == 'y' || s.ptr[0] == 'm' || s.ptr[0] == 'n');
}

/* What neither kconfig nor a terminal should see in a text. */
static bool has_control(struct ud_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return true;
        }
    }
    return false;
}

static const char *parse_option(struct ud_slice rest, struct ud_config_line *ret)
{
    struct ud_slice name;
    if (!ud_scan_text(&rest, "CONFIG_")) {
        return "is neither CONFIG_X=value nor a comment";
    }
    if (!take_name(&rest, &name)) {
        return "has no option name, or one that is too long, after CONFIG_";
    }
    if (!ud_scan_text(&rest, "=")) {
        return "has no `=` after the option's name";
    }
    if (rest.len > UD_CONFIG_VALUE_MAX) {
        return "has a value that is too long";
    }
    /* kconfig writes an empty value when the tool that it asks says nothing. */
    if (rest.len > 0 && !is_tristate(rest) && !is_number(rest) && !is_quoted(rest)) {
        return "has a value that is not y, m, n, a number or a text in double quotes";
    }
    *ret = (struct ud_config_line){name, rest};
    return NULL;
}

const char *ud_config_line_parse(struct ud_slice line, struct ud_config_line *ret)
{
    *ret = (struct ud_config_line){{NULL, 0}, {NULL, 0}};
    line = ud_slice_trim(line);
    if (has_control(line)) {
        return "has control characters";
    }
    if (line.len == 0 || parse_not_set(line, ret) || line.ptr[0] == '#') {
        return NULL;
    }
    return parse_option(line, ret);
}
