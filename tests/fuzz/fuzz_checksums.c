#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/routes/checksums.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char hex[65];
    if (ud_checksums_find((const char *)data, size, "linux-6.1.tar.xz", hex, NULL) == UD_OK &&
        strspn(hex, "0123456789abcdef") != 64) {
        abort();
    }
    return 0;
}
