#include <stdlib.h>
#include <string.h>

#include "kernel/facts/facts.h"
#include "text/scan.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

#define VALUE_MAX 256

/* A value without its shell quoting, in new memory: os-release(5) allows quotes
 * of either kind and backslashes, but no expansion. */
static char *os_release_unquote(struct ud_slice s)
{
    char quote = '\0';
    if (s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0]) {
        quote = s.ptr[0];
        s = (struct ud_slice){s.ptr + 1, s.len - 2};
    }
    struct ud_buf out;
    ud_buf_init(&out, VALUE_MAX);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && quote != '\'' && i + 1 < s.len) {
            i++;
        }
        ud_buf_add(&out, &s.ptr[i], 1);
    }
    char *text = ud_buf_take(&out, NULL);
    ud_buf_done(&out);
    ud_str_sanitize(text);
    return text;
}

void ud_os_release_parse(const char *text, size_t len, struct ud_os_release *ret)
{
    struct ud_os_release os = {ud_strdup(""), ud_strdup(""), ud_strdup("")};
    const struct {
        const char *key;
        char **value;
    } fields[] = {{"ID", &os.id}, {"VERSION_ID", &os.version_id}, {"PRETTY_NAME", &os.pretty_name}};
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    while (ud_str_next_line(&rest, &line)) {
        struct ud_slice value = ud_slice_trim(line);
        struct ud_slice key;
        (void)ud_scan_field(&value, '=', &key);
        for (size_t i = 0; value.ptr != NULL && i < sizeof fields / sizeof *fields; i++) {
            if (ud_slice_equals(key, fields[i].key)) {
                free(*fields[i].value);
                *fields[i].value = os_release_unquote(value);
            }
        }
    }
    *ret = os;
}

void ud_os_release_done(struct ud_os_release *os)
{
    if (os == NULL) {
        return;
    }
    free(os->id);
    free(os->version_id);
    free(os->pretty_name);
    *os = (struct ud_os_release){0};
}
