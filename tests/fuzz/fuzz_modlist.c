/* /proc/modules, modules.dep and modules.builtin: each reader gets it all. */
#include <stdint.h>
#include <stdlib.h>

#include "kernel/elf/module.h"
#include "kernel/modlist/modlist.h"
#include "kernel/modlist/module_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct ud_loaded_modules loaded;
    struct ud_deps deps;
    struct ud_strv builtin = {0};
    if (ud_loaded_parse(text, size, &loaded, NULL) == UD_OK) {
        (void)ud_loaded_find(&loaded, "vhci-hcd");
        ud_loaded_done(&loaded);
    }
    if (ud_deps_parse(text, size, &deps, NULL) == UD_OK) {
        (void)ud_deps_find(&deps, "vhci-hcd");
        for (size_t i = 0; i < deps.len; i++) {
            free(ud_module_name_of_path(deps.items[i].path));
        }
        ud_deps_done(&deps);
    }
    enum ud_code rc = ud_builtin_parse(text, size, &builtin, NULL);
    (void)rc;
    (void)ud_builtin_has(&builtin, "vhci-hcd");
    ud_strv_done(&builtin);
    return 0;
}
