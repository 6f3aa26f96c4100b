#include "kernel/elf/elf_program.h"

#include <string.h>

#include "text/bytes.h"

enum { HEADER_SIZE = 64, ET_EXEC = 2, ET_DYN = 3 };

static const char *elf_program_what_is_wrong(const unsigned char *p, size_t len)
{
    if (len < 4 || memcmp(p, "\177ELF", 4) != 0) {
        return "is not a Linux program: not an ELF file";
    }
    if (len < HEADER_SIZE) {
        return "ends inside its ELF header";
    }
    if (p[4] != 2 || p[5] != 1) {
        return "is not a program for a 64-bit little-endian machine";
    }
    if (ud_le16(p + 16) != ET_EXEC && ud_le16(p + 16) != ET_DYN) {
        return "is an ELF file, but no program";
    }
    return NULL;
}

enum ud_code ud_elf_program_machine(const void *data, size_t len, const char *what, uint16_t *ret,
                                    struct ud_error *err)
{
    const char *wrong = elf_program_what_is_wrong(data, len);
    if (wrong != NULL) {
        return ud_fail(err, UD_ERR_UNFIT, NULL, "%s %s", what, wrong);
    }
    *ret = ud_le16((const unsigned char *)data + 18);
    return UD_OK;
}
