#include "report/format.h"

#include <stdio.h>
#include <string.h>

struct ud_format ud_format_size(uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    struct ud_format f;
    unsigned unit = 0;
    double value = (double)bytes;
    /* From 999.5 on "%.0f" would print four digits. */
    while (value >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
        value /= 1024;
        unit++;
    }
    int decimals = unit > 0 && value < 9.95 ? 1 : 0;
    (void)snprintf(f.text, sizeof f.text, "%.*f %s", decimals, value, units[unit]);
    return f;
}

struct ud_format ud_format_duration(uint64_t ms)
{
    struct ud_format f;
    unsigned long long s = ms / 1000;
    if (s < 60) {
        (void)snprintf(f.text, sizeof f.text, "%llu.%u s", s, (unsigned)(ms % 1000 / 100));
    } else if (s < 3600) {
        (void)snprintf(f.text, sizeof f.text, "%llu min %02llu s", s / 60, s % 60);
    } else {
        (void)snprintf(f.text, sizeof f.text, "%llu h %02llu min", s / 3600, s / 60 % 60);
    }
    return f;
}

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

size_t ud_text_columns(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += starts_character(*text) ? 1 : 0;
    }
    return n;
}

size_t ud_text_fit(const char *text, size_t columns)
{
    size_t len = 0;
    for (; text[len] != '\0'; len++) {
        if (starts_character(text[len]) && columns-- == 0) {
            break;
        }
    }
    return len;
}

void ud_text_pad(struct ud_buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ud_buf_add(out, " ", 1);
    }
}

void ud_text_lines(struct ud_buf *out, const char *text, size_t indent)
{
    for (;;) {
        size_t len = strcspn(text, "\n");
        ud_buf_add(out, text, len);
        text += len;
        text += strspn(text, "\n");
        if (*text == '\0') {
            break;
        }
        ud_buf_add(out, "\n", 1);
        ud_text_pad(out, indent);
    }
    ud_buf_add(out, "\n", 1);
}

static size_t columns_of(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        n += starts_character(text[i]) ? 1 : 0;
    }
    return n;
}

void ud_text_wrap(struct ud_buf *out, const char *text, size_t used, size_t indent, size_t width)
{
    size_t column = used;
    bool first = true;
    while (*text != '\0') {
        text += strspn(text, " \n");
        size_t len = strcspn(text, " \n");
        if (len == 0) {
            break;
        }
        size_t columns = columns_of(text, len);
        if (!first && width > 0 && column + 1 + columns > width) {
            ud_buf_add(out, "\n", 1);
            ud_text_pad(out, indent);
            column = indent;
        } else if (!first) {
            ud_buf_add(out, " ", 1);
            column++;
        }
        ud_buf_add(out, text, len);
        column += columns;
        text += len;
        first = false;
    }
    ud_buf_add(out, "\n", 1);
}
