/* The sections of a module with the CRCs of its imports: the input is one of the old
 * kind, and, cut at every length, two of the new kind. What is told lies inside. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/modversions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *ctx, struct ud_slice name, uint32_t crc)
{
    const struct ud_slice *whole = ctx;
    (void)crc;
    if (name.len == 0 || name.ptr < whole->ptr || name.ptr + name.len > whole->ptr + whole->len ||
        memchr(name.ptr, '\0', name.len) != NULL) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_slice whole = {(const char *)data, size};
    ud_modversions_each(whole, check, &whole);
    for (size_t cut = 0; cut <= size && cut <= 64; cut++) {
        struct ud_slice crcs = {whole.ptr, cut};
        struct ud_slice names = {whole.ptr + cut, size - cut};
        ud_modversions_each_extended(crcs, names, check, &whole);
    }
    return 0;
}
