#include "kernel/config/autoconf.h"

#include <stdlib.h>
#include <string.h>

#include "config/config_line.h"
#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

#define MARK "# Made of " UD_AUTOCONF_PATH ": what is off is not named."
#define DEFINE "#define CONFIG_"
#define AS_MODULE "_MODULE"

static bool autoconf_ends(struct ud_slice name, const char *suffix)
{
    const size_t len = strlen(suffix);
    return name.len > len && memcmp(name.ptr + name.len - len, suffix, len) == 0;
}

/* `#define CONFIG_A 1`, `#define CONFIG_B_MODULE 1`, `#define CONFIG_C "text"`, `#define CONFIG_D
 * 0x10`. */
static bool autoconf_add_line(struct ud_slice line, struct ud_buf *ret)
{
    struct ud_slice name;
    struct ud_config_line parsed;
    if (!ud_scan_text(&line, DEFINE) || !ud_scan_word(&line, &name)) {
        return false;
    }
    struct ud_slice value = ud_slice_trim(line);
    if (value.len == 0) {
        return false;
    }
    const bool one = ud_slice_equals(value, "1");
    const bool module = one && autoconf_ends(name, AS_MODULE);
    const size_t before = ret->len;
    if (module) {
        name.len -= strlen(AS_MODULE);
    }
    if (one) {
        value = ud_slice_of(module ? "m" : "y");
    }
    ud_buf_addf(ret, "CONFIG_%.*s=%.*s\n", (int)name.len, name.ptr, (int)value.len, value.ptr);
    const struct ud_slice made = {ret->data + before, ret->len - before};
    return !ret->overflow && ud_config_line_parse(ud_slice_trim(made), &parsed) == NULL;
}

enum ud_code ud_autoconf_to_config(const char *text, size_t len, struct ud_buf *ret,
                                   struct ud_error *err)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    size_t options = 0;
    ud_buf_adds(ret, MARK "\n");
    for (size_t number = 1; ud_str_next_line(&rest, &line); number++) {
        if (!ud_slice_starts(line, "#")) {
            continue; /* blank, or of a comment */
        }
        if (!autoconf_add_line(line, ret)) {
            return ud_fail(err, UD_ERR_FACTS, NULL, "line %zu of " UD_AUTOCONF_PATH " is no option",
                           number);
        }
        options++;
    }
    return options > 0
               ? UD_OK
               : ud_fail(err, UD_ERR_FACTS, NULL, UD_AUTOCONF_PATH " has no option of a kernel");
}

bool ud_autoconf_is_made(const char *text, size_t len)
{
    return ud_slice_starts((struct ud_slice){text, len}, MARK);
}

/* allnoconfig switches on EMBEDDED, up to Linux 5.18, unless it is named. */
char *ud_autoconf_ask(const char *text, size_t len, size_t *ret_len)
{
    struct ud_buf ask;
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    ud_buf_init(&ask, 3 * (size_t)UD_CONFIG_TEXT_MAX);
    ud_buf_adds(&ask, "# CONFIG_EMBEDDED is not set\n");
    while (ud_str_next_line(&rest, &line)) {
        if (ud_slice_starts(line, "CONFIG_") && autoconf_ends(line, "=y")) {
            ud_buf_addf(&ask, "%.*s1\n", (int)line.len - 1, line.ptr);
        }
        ud_buf_addf(&ask, "%.*s\n", (int)line.len, line.ptr);
    }
    char *result = ud_buf_take(&ask, ret_len);
    ud_buf_done(&ask);
    return result;
}

void ud_autoconf_learn(struct ud_config *config, const struct ud_config *answer)
{
    for (size_t i = 0; i < config->len; i++) {
        struct ud_config_option *option = &config->options[i];
        const char *value = ud_config_get(answer, option->name);
        if (value != NULL && strcmp(value, "1") == 0 && strcmp(option->value, "y") == 0) {
            free(option->value);
            option->value = ud_strdup("1");
        }
    }
}
