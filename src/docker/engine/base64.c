#include "engine/base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *ud_base64url(const void *data, size_t len)
{
    const unsigned char *in = data;
    char *out = ud_alloc((len + 2) / 3 + 1, 4);
    char *p = out;
    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)in[i] << 16;
        bits |= have > 1 ? (uint32_t)in[i + 1] << 8 : 0;
        bits |= have > 2 ? in[i + 2] : 0;
        *p++ = alphabet[bits >> 18 & 63];
        *p++ = alphabet[bits >> 12 & 63];
        *p++ = (char)(have > 1 ? alphabet[bits >> 6 & 63] : '=');
        *p++ = (char)(have > 2 ? alphabet[bits & 63] : '=');
    }
    *p = '\0';
    return out;
}

static int value_of(char c)
{
    c = (char)(c == '+' ? '-' : c == '/' ? '_' : c);
    const char *at = c != '\0' ? strchr(alphabet, c) : NULL;
    return at != NULL ? (int)(at - alphabet) : -1;
}

char *ud_base64_text(const char *text)
{
    size_t len = strlen(text);
    while (len > 0 && (text[len - 1] == '=' || text[len - 1] == '\n')) {
        len--;
    }
    char *out = ud_alloc(len + 1, 1);
    size_t used = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < len; i++) {
        int value = value_of(text[i]);
        if (value < 0) {
            free(out);
            return NULL;
        }
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[used++] = (char)(bits >> have & 0xff);
        }
    }
    if (memchr(out, '\0', used) != NULL) {
        free(out);
        return NULL;
    }
    return out;
}
