/* The names that a VM's kernel has: those looked for are absent or not, whatever else is there. */
#include <stdint.h>
#include <stdlib.h>

#include "kernel/elf/kallsyms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_strv wanted = {0};
    struct ud_strv absent = {0};
    ud_strv_add(&wanted, "kfree");
    ud_strv_add(&wanted, "kfree_");
    ud_strv_add(&wanted, "usb_get_dev");
    ud_kallsyms_absent((const char *)data, size, &wanted, &absent);
    if (absent.len > wanted.len) {
        abort();
    }
    for (size_t i = 0; i < absent.len; i++) {
        if (!ud_strv_has(&wanted, absent.items[i])) {
            abort();
        }
    }
    ud_strv_done(&wanted);
    ud_strv_done(&absent);
    return 0;
}
