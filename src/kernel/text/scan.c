#include "text/scan.h"

#include <string.h>

static bool scan_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool ud_scan_word(struct ud_slice *rest, struct ud_slice *ret)
{
    while (rest->len > 0 && scan_is_blank(rest->ptr[0])) {
        rest->ptr++;
        rest->len--;
    }
    size_t n = 0;
    while (n < rest->len && !scan_is_blank(rest->ptr[n])) {
        n++;
    }
    if (n == 0) {
        return false;
    }
    *ret = (struct ud_slice){rest->ptr, n};
    rest->ptr += n;
    rest->len -= n;
    return true;
}

bool ud_scan_field(struct ud_slice *rest, char separator, struct ud_slice *ret)
{
    if (rest->ptr == NULL) {
        return false;
    }
    const char *end = rest->len > 0 ? memchr(rest->ptr, separator, rest->len) : NULL;
    if (end == NULL) {
        *ret = *rest;
        *rest = (struct ud_slice){NULL, 0};
        return true;
    }
    *ret = (struct ud_slice){rest->ptr, (size_t)(end - rest->ptr)};
    *rest = (struct ud_slice){end + 1, rest->len - ret->len - 1};
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool ud_scan_number(struct ud_slice *rest, unsigned *ret)
{
    size_t n = 0;
    while (n < rest->len && is_digit(rest->ptr[n])) {
        n++;
    }
    uint64_t value;
    if (!ud_slice_to_u64((struct ud_slice){rest->ptr, n}, &value) || value > UINT32_MAX) {
        return false;
    }
    *ret = (unsigned)value;
    rest->ptr += n;
    rest->len -= n;
    return true;
}

bool ud_scan_text(struct ud_slice *rest, const char *text)
{
    if (!ud_slice_starts(*rest, text)) {
        return false;
    }
    rest->ptr += strlen(text);
    rest->len -= strlen(text);
    return true;
}

bool ud_slice_to_u64(struct ud_slice s, uint64_t *ret)
{
    char text[24];
    if (s.len == 0 || s.len >= sizeof text || memchr(s.ptr, '\0', s.len) != NULL) {
        return false;
    }
    ud_slice_copy(s, text, sizeof text);
    return ud_str_to_u64(text, ret);
}

void ud_slice_copy(struct ud_slice s, char *dst, size_t size)
{
    size_t n = s.len < size - 1 ? s.len : size - 1;
    if (n > 0) {
        memcpy(dst, s.ptr, n);
    }
    dst[n] = '\0';
}
