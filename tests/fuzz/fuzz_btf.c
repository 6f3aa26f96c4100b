/* A kernel's description of its types. */
#include <stdint.h>
#include <stdlib.h>

#include "kernel/elf/btf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_btf_member members[] = {{.name = "init"}, {.name = "exit"}};
    uint64_t bytes;
    if (ud_btf_struct(data, size, "module", &bytes, members, 2, NULL) == UD_OK &&
        bytes > UINT32_MAX) {
        abort();
    }
    /* As a module of itself, and one half as a module of the other. */
    (void)!ud_btf_check_split(data, size, data, size, NULL);
    (void)!ud_btf_check_split(data, size / 2, data + size / 2, size - size / 2, NULL);
    return 0;
}
