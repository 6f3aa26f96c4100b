/* A module file, and the same as a file of notes. */
#include <stdint.h>

#include "kernel/elf/elf.h"
#include "kernel/elf/module.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_module module;
    struct ud_slice id;
    if (ud_module_parse(data, size, "fuzz", &module, NULL) == UD_OK) {
        ud_module_done(&module);
    }
    struct ud_strv aliases = {0};
    ud_module_aliases(data, size, &aliases);
    ud_strv_done(&aliases);
    (void)ud_elf_note_in(data, size, "GNU", 3, &id);
    return 0;
}
