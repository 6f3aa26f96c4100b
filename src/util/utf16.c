#include "util/utf16.h"

#include <stdint.h>

enum { MARK_BYTES = 2 };

bool ud_utf16_is(const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    return len >= MARK_BYTES && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff));
}

static uint32_t utf16_unit(const unsigned char *p, bool big)
{
    return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static void utf16_add(struct ud_buf *ret, uint32_t c)
{
    unsigned char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6) {
        bytes[i] = (unsigned char)(0x80 | (c & 0x3f));
    }
    bytes[0] = (unsigned char)(first[n] | c);
    ud_buf_add(ret, bytes, n);
}

bool ud_utf16_decode(const void *bytes, size_t len, struct ud_buf *ret)
{
    const unsigned char *p = bytes;
    const bool big = p[0] == 0xfe;
    if (len % 2 != 0) {
        return false;
    }
    for (size_t i = MARK_BYTES; i < len; i += 2) {
        uint32_t c = utf16_unit(p + i, big);
        if (c >= 0xd800 && c < 0xe000) {
            uint32_t low = i + 2 < len ? utf16_unit(p + i + 2, big) : 0;
            if (c >= 0xdc00 || low < 0xdc00 || low >= 0xe000) {
                return false;
            }
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        }
        utf16_add(ret, c);
    }
    return true;
}
