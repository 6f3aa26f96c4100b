/* A module's signature, and the list of a kernel's keys. */
#include <stdint.h>

#include "kernel/elf/modsig.h"
#include "kernel/facts/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_modsig sig;
    struct ud_strv keys = {0};
    ud_modsig_parse(data, size, &sig);
    ud_kernel_keys_parse((const char *)data, size, &keys);
    ud_strv_done(&keys);
    return 0;
}
