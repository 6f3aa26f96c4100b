#include "kernel/facts/keys.h"

#include <string.h>

#include "text/scan.h"
#include "util/str.h"

enum { KEYS_MAX = 4096, FIELDS = 8, FIELD_FLAGS = 1, FIELD_TYPE = 7 };

/* The kernel cuts a type's name at nine letters here. */
static const char asymmetric[] = "asymmetri";

/* What stands between the identifier and the rest of the description. */
static const char after_id[] = ": X509.";

/* "I------": instantiated; the second and third are for revoked and dead ones. */
static bool is_alive(struct ud_slice flags)
{
    return flags.len >= 3 && flags.ptr[0] == 'I' && flags.ptr[1] == '-' && flags.ptr[2] == '-';
}

static bool keys_is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* The subject may be anything, so it is read from the end. */
static struct ud_slice id_of(struct ud_slice description)
{
    const size_t n = sizeof after_id - 1;
    size_t end = description.len;
    while (end >= n && memcmp(description.ptr + end - n, after_id, n) != 0) {
        end--;
    }
    end = end >= n ? end - n : 0;
    size_t start = end;
    while (start > 0 && keys_is_hex(description.ptr[start - 1])) {
        start--;
    }
    return (struct ud_slice){description.ptr + start, end - start};
}

static struct ud_slice id_of_line(struct ud_slice line)
{
    const struct ud_slice none = {line.ptr, 0};
    struct ud_slice fields[FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        if (!ud_scan_word(&line, &fields[i])) {
            return none;
        }
    }
    bool wanted = ud_slice_equals(fields[FIELD_TYPE], asymmetric) && is_alive(fields[FIELD_FLAGS]);
    return wanted ? id_of(line) : none;
}

void ud_kernel_keys_parse(const char *text, size_t len, struct ud_strv *ret)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    *ret = (struct ud_strv){0};
    while (ret->len < KEYS_MAX && ud_str_next_line(&rest, &line)) {
        struct ud_slice id = id_of_line(line);
        if (id.len > 0) {
            ud_strv_addn(ret, id.ptr, id.len);
        }
    }
}
