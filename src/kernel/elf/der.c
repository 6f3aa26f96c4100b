#include "elf/der.h"

int ud_der_peek(struct ud_der rest)
{
    return rest.len > 0 ? rest.ptr[0] : -1;
}

/* The length's own bytes and what they say; 0 if they make no sense. */
static size_t read_length(struct ud_der from, size_t *ret)
{
    if (from.len == 0) {
        return 0;
    }
    size_t count = from.ptr[0] & 0x7f;
    if (from.ptr[0] < 0x80) {
        *ret = from.ptr[0];
        return 1;
    }
    if (count == 0 || count > 3 || from.len <= count || from.ptr[1] == 0) {
        return 0;
    }
    size_t value = 0;
    for (size_t i = 1; i <= count; i++) {
        value = value << 8 | from.ptr[i];
    }
    *ret = value;
    return value >= 0x80 ? count + 1 : 0;
}

bool ud_der_take(struct ud_der *rest, int tag, struct ud_der *ret)
{
    size_t len = 0;
    if (ud_der_peek(*rest) != tag) {
        return false;
    }
    const struct ud_der after_tag = {rest->ptr + 1, rest->len - 1};
    size_t head = read_length(after_tag, &len);
    if (head == 0 || len > after_tag.len - head) {
        return false;
    }
    *ret = (struct ud_der){after_tag.ptr + head, len};
    *rest = (struct ud_der){ret->ptr + len, after_tag.len - head - len};
    return true;
}
