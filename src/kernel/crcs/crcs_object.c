#include "elf/module_symbols.h"
#include "kernel/crcs/crcs.h"
#include "kernel/elf/elf.h"

enum ud_code ud_crcs_add_object(struct ud_crcs *crcs, const char *data, size_t len,
                                const char *where, struct ud_error *err)
{
    struct ud_elf elf;
    struct ud_module_symbols exports = {0};
    enum ud_code rc = UD_OK;
    if (ud_elf_open(data, len, where, &elf, NULL) != UD_OK) {
        return UD_OK;
    }
    ud_module_read_exports(&elf, &exports);
    for (size_t i = 0; i < exports.len && rc == UD_OK; i++) {
        if (exports.items[i].has_crc) {
            rc = ud_crcs_add(crcs, exports.items[i].name, exports.items[i].crc, UD_CRC_COMPUTED,
                             where, err);
        }
    }
    ud_module_symbols_done(&exports);
    return rc;
}
