#include "crcs/exports_scan.h"

#include <string.h>

static bool exports_scan_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Moves *at behind the next occurrence of needle. A gigabyte is searched: by
 * the one letter of needle that is rare in sources, at index rare. */
static bool exports_scan_find(struct ud_slice text, size_t *at, const char *needle, size_t rare)
{
    size_t len = strlen(needle);
    size_t from = *at + rare;
    while (from < text.len) {
        const char *hit = memchr(text.ptr + from, needle[rare], text.len - from);
        if (hit == NULL) {
            return false;
        }
        size_t begin = (size_t)(hit - text.ptr) - rare;
        if (text.len - begin >= len && memcmp(text.ptr + begin, needle, len) == 0) {
            *at = begin + len;
            return true;
        }
        from = begin + rare + 1;
    }
    return false;
}

static struct ud_slice take_word(struct ud_slice text, size_t *at)
{
    size_t from = *at;
    while (*at < text.len && exports_scan_is_word(text.ptr[*at])) {
        *at += 1;
    }
    return (struct ud_slice){text.ptr + from, *at - from};
}

static void skip_space(struct ud_slice text, size_t *at)
{
    while (*at < text.len && is_space(text.ptr[*at])) {
        *at += 1;
    }
}

/* include/acpi/platform/aclinux.h: ACPI_EXPORT_SYMBOL(x) is EXPORT_SYMBOL(x). */
static bool is_of_acpica(struct ud_slice text, size_t begin)
{
    static const char prefix[] = "ACPI_";
    size_t len = sizeof prefix - 1;
    return begin >= len && memcmp(text.ptr + begin - len, prefix, len) == 0 &&
           (begin == len || !exports_scan_is_word(text.ptr[begin - len - 1]));
}

bool ud_exports_next(struct ud_slice text, size_t *at, struct ud_slice *ret_macro,
                     struct ud_slice *ret_symbol)
{
    static const char word[] = "EXPORT_";
    while (exports_scan_find(text, at, word, 1)) {
        size_t begin = *at - (sizeof word - 1);
        if (begin > 0 && exports_scan_is_word(text.ptr[begin - 1]) && !is_of_acpica(text, begin)) {
            continue;
        }
        (void)take_word(text, at);
        *ret_macro = (struct ud_slice){text.ptr + begin, *at - begin};
        skip_space(text, at);
        if (*at == text.len || text.ptr[*at] != '(') {
            continue;
        }
        *at += 1;
        skip_space(text, at);
        *ret_symbol = take_word(text, at);
        if (ret_symbol->len > 0) {
            return true;
        }
    }
    return false;
}

bool ud_exports_pasted(struct ud_slice text, size_t at)
{
    skip_space(text, &at);
    return text.len - at >= 2 && memcmp(text.ptr + at, "##", 2) == 0;
}

bool ud_includes_next(struct ud_slice text, size_t *at, struct ud_slice *ret_path)
{
    enum { PATH_LEN_MAX = 256 };
    while (exports_scan_find(text, at, "#", 0)) {
        skip_space(text, at);
        struct ud_slice word = take_word(text, at);
        skip_space(text, at);
        if (!ud_slice_equals(word, "include") || *at == text.len || text.ptr[*at] != '"') {
            continue;
        }
        const char *path = text.ptr + *at + 1;
        size_t room = text.len - *at - 1;
        const char *end = memchr(path, '"', room < PATH_LEN_MAX ? room : PATH_LEN_MAX);
        if (end != NULL && end != path && memchr(path, '\n', (size_t)(end - path)) == NULL) {
            *ret_path = (struct ud_slice){path, (size_t)(end - path)};
            *at = (size_t)(end - text.ptr) + 1;
            return true;
        }
    }
    return false;
}
