/* The changes that a VM names to its kernel's sources. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kbuild/patches.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_patches patches = {0};
    struct ud_strv files = {0};
    ud_patches_add(&patches, "x.patch", data, size);
    if (ud_patches_list_files(&patches, &files, NULL) == UD_OK) {
        for (size_t i = 0; i < files.len; i++) {
            if (files.items[i][0] == '/' || strncmp(files.items[i], "../", 3) == 0 ||
                strstr(files.items[i], "/../") != NULL) {
                abort();
            }
        }
    }
    ud_strv_done(&files);
    ud_patches_done(&patches);
    return 0;
}
