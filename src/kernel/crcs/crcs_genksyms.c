#include <stdlib.h>

#include "kernel/crcs/crcs.h"
#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

/* "#SYMVER name 0xcrc" */
static bool parse_symver(struct ud_slice line, struct ud_slice *ret_name, uint32_t *ret_crc)
{
    struct ud_slice word;
    struct ud_slice crc;
    return ud_scan_word(&line, &word) && ud_slice_equals(word, "#SYMVER") &&
           ud_scan_word(&line, ret_name) && ud_scan_word(&line, &crc) &&
           ud_slice_starts(crc, "0x") && ud_slice_hex_to_u32(crc, ret_crc);
}

/* "__crc_name = 0xcrc;" or "__crc_name = 0xcrc ;" */
static bool parse_assignment(struct ud_slice line, struct ud_slice *ret_name, uint32_t *ret_crc)
{
    struct ud_slice sign;
    struct ud_slice crc;
    if (!ud_scan_word(&line, ret_name) || !ud_scan_text(ret_name, "__crc_") ||
        !ud_scan_word(&line, &sign) || !ud_slice_equals(sign, "=") || !ud_scan_word(&line, &crc)) {
        return false;
    }
    if (crc.len > 0 && crc.ptr[crc.len - 1] == ';') {
        crc.len--;
    }
    return ud_slice_starts(crc, "0x") && ud_slice_hex_to_u32(crc, ret_crc);
}

enum ud_code ud_crcs_add_genksyms(struct ud_crcs *crcs, const char *text, size_t len,
                                  const char *where, struct ud_error *err)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    enum ud_code rc = UD_OK;
    while (rc == UD_OK && ud_str_next_line(&rest, &line)) {
        struct ud_slice name;
        uint32_t crc;
        if (!parse_symver(line, &name, &crc) && !parse_assignment(line, &name, &crc)) {
            continue;
        }
        char *text_of_name = ud_strndup(name.ptr, name.len);
        rc = ud_crcs_add(crcs, text_of_name, crc, UD_CRC_COMPUTED, where, err);
        free(text_of_name);
    }
    return rc;
}
