/* What a compiler left of the structs that are compared, and the kernel's BTF: the input is
 * each in turn. */
#include <stdint.h>
#include <stdlib.h>

#include "kernel/kbuild/layouts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_layouts layouts;
    struct ud_layouts_verdict verdict;
    ud_layouts_parse((const char *)data, size, &layouts);
    if (layouts.known > UD_LAYOUTS_MAX) {
        abort();
    }
    for (size_t i = 0; i < UD_LAYOUTS_MAX; i++) {
        layouts.structs[i].known = true;
    }
    if (ud_layouts_compare(&layouts, data, size, &verdict, NULL) == UD_OK &&
        verdict.count > UD_LAYOUTS_MAX) {
        abort();
    }
    return 0;
}
