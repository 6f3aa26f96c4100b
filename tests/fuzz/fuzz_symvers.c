#include <stdint.h>
#include <stdlib.h>

#include "kernel/crcs/symvers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_symvers symvers;
    if (ud_symvers_parse((const char *)data, size, "fuzz", &symvers, NULL) == UD_OK) {
        for (size_t i = 0; i < symvers.len; i++) {
            if (ud_symvers_find(&symvers, symvers.items[i].name) != &symvers.items[i]) {
                abort();
            }
        }
        ud_symvers_done(&symvers);
    }
    return 0;
}
