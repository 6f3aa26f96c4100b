#include <stdint.h>
#include <stdlib.h>

#include "kernel/crcs/crcs.h"
#include "kernel/crcs/exports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same text as a source of a kernel and as what genksyms writes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct ud_exports *exports = ud_exports_new();
    struct ud_strv sources = {0};
    struct ud_strv dirs = {0};
    struct ud_crcs crcs = {0};
    ud_exports_add(exports, "a/b/c.c", text, size);
    ud_exports_add(exports, "a/d.h", text, size);
    ud_exports_sources(exports, "a", &sources);
    ud_strv_add(&sources, "a/b/c.c");
    ud_exports_dirs(exports, &sources, &dirs);
    if (ud_crcs_add_genksyms(&crcs, text, size, "fuzz", NULL) == UD_OK) {
        size_t len = 0;
        free(ud_crcs_to_symvers(&crcs, &len));
    }
    ud_crcs_done(&crcs);
    ud_strv_done(&dirs);
    ud_strv_done(&sources);
    ud_exports_free(exports);
    return 0;
}
