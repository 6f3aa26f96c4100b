/* The list of an installation's modules: what is taken is written again as the same kernel. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/installed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_installed_kernel kernel;
    struct ud_installed_kernel again;
    struct ud_buf text;
    if (ud_installed_kernel_read((const char *)data, size, &kernel, NULL) != UD_OK) {
        return 0;
    }
    ud_buf_init(&text, UD_INSTALLED_TEXT_MAX);
    ud_installed_kernel_write(&kernel, &text);
    if (ud_installed_kernel_read(text.data, text.len, &again, NULL) != UD_OK ||
        !ud_installed_kernel_is(&again, kernel.release, kernel.version) ||
        again.modules.len != kernel.modules.len) {
        abort();
    }
    ud_buf_done(&text);
    ud_installed_kernel_done(&again);
    ud_installed_kernel_done(&kernel);
    return 0;
}
