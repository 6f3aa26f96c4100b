#include "util/str.h"

#include <string.h>

bool ud_str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool ud_str_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text);
    size_t m = strlen(suffix);
    return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

static char str_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool ud_str_equal_nocase(const char *a, const char *b)
{
    while (*a != '\0' && str_lower(*a) == str_lower(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

bool ud_str_has_control(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p < 0x20 || *p == 0x7f) {
            return true;
        }
    }
    return false;
}

bool ud_str_next_line(struct ud_slice *rest, struct ud_slice *ret_line)
{
    if (rest->len == 0) {
        return false;
    }
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end != NULL ? (size_t)(end - rest->ptr) : rest->len;
    size_t used = end != NULL ? len + 1 : len;
    *ret_line = (struct ud_slice){rest->ptr, len};
    if (len > 0 && rest->ptr[len - 1] == '\r') {
        ret_line->len--;
    }
    rest->ptr += used;
    rest->len -= used;
    return true;
}

static bool str_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct ud_slice ud_slice_trim(struct ud_slice s)
{
    while (s.len > 0 && str_is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && str_is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

bool ud_slice_equals(struct ud_slice s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

bool ud_slice_starts(struct ud_slice s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.len >= n && memcmp(s.ptr, prefix, n) == 0;
}

bool ud_slice_has(struct ud_slice s, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i + n <= s.len; i++) {
        if (memcmp(s.ptr + i, text, n) == 0) {
            return true;
        }
    }
    return false;
}

struct ud_slice ud_slice_of(const char *text)
{
    return (struct ud_slice){text, strlen(text)};
}

bool ud_str_to_u64(const char *text, uint64_t *ret)
{
    uint64_t value = 0;
    if (*text == '\0') {
        return false;
    }
    for (const char *p = text; *p != '\0'; p++) {
        if (*p < '0' || *p > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(*p - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

static int hex_digit(char c)
{
    char l = str_lower(c);
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool ud_slice_hex_to_u32(struct ud_slice s, uint32_t *ret)
{
    if (ud_slice_starts(s, "0x")) {
        s.ptr += 2;
        s.len -= 2;
    }
    if (s.len == 0 || s.len > 8) {
        return false;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        int digit = hex_digit(s.ptr[i]);
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint32_t)digit;
    }
    *ret = value;
    return true;
}

void ud_str_hex(const unsigned char *bytes, size_t len, char *dst)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        dst[2 * i] = digits[bytes[i] >> 4];
        dst[2 * i + 1] = digits[bytes[i] & 15];
    }
    dst[2 * len] = '\0';
}

/* The bytes of the well-formed UTF-8 sequence at p, or 0. Overlong forms,
 * surrogates and values over U+10FFFF are not well-formed (RFC 3629). */
static size_t utf8_length(const unsigned char *p)
{
    size_t more;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (p[0] < 0x80) {
        return 1;
    } else if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        more = 1;
    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        more = 2;
        low = p[0] == 0xe0 ? 0xa0 : 0x80;
        high = p[0] == 0xed ? 0x9f : 0xbf;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        more = 3;
        low = p[0] == 0xf0 ? 0x90 : 0x80;
        high = p[0] == 0xf4 ? 0x8f : 0xbf;
    } else {
        return 0;
    }
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return more + 1;
}

/* Whether a well-formed sequence of 2 to 4 bytes is a character that takes no place itself, but
 * turns the direction of what comes after it, ends the line, or hides: those of Unicode's general
 * category Format that are of no width, and U+2028 and U+2029. Not the selectors of emoji, which
 * do none of it. */
static bool utf8_is_invisible(const unsigned char *p, size_t n)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } ranges[] = {
        {0x061c, 0x061c}, {0x180e, 0x180e},   {0x200b, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x206f},   {0xfeff, 0xfeff},
        {0xfff9, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe007f},
    };
    uint32_t c = n == 2 ? p[0] & 0x1fu : n == 3 ? p[0] & 0x0fu : p[0] & 0x07u;
    for (size_t i = 1; i < n; i++) {
        c = c << 6 | (p[i] & 0x3fu);
    }
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

void ud_str_sanitize(char *text)
{
    unsigned char *p = (unsigned char *)text;
    while (*p != '\0') {
        size_t n = utf8_length(p);
        bool control = n == 1 && (*p < 0x20 || *p == 0x7f) && *p != '\t' && *p != '\n';
        bool c1_control = n == 2 && p[0] == 0xc2 && p[1] < 0xa0;
        if (n == 0 || control) {
            *p++ = '?';
        } else if (c1_control || (n > 1 && utf8_is_invisible(p, n))) {
            memset(p, '?', n);
            p += n;
        } else {
            p += n;
        }
    }
}
