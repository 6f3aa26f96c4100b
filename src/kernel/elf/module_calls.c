#include "elf/module_symbols.h"
#include "util/mem.h"

/* Relocations of branch instructions, which lead to code only. x86-64 psABI, table
 * 4.9; ELF for the Arm 64-bit architecture, "Relocations for control-flow
 * instructions". */
enum { R_X86_64_PLT32 = 4, R_AARCH64_JUMP26 = 282, R_AARCH64_CALL26 = 283 };

static bool is_branch(uint16_t machine, uint32_t type)
{
    if (machine == UD_EM_X86_64) {
        return type == R_X86_64_PLT32;
    }
    return machine == UD_EM_AARCH64 && (type == R_AARCH64_JUMP26 || type == R_AARCH64_CALL26);
}

bool *ud_module_find_called(const struct ud_elf *elf)
{
    bool *called = ud_alloc(elf->symbol_count > 0 ? elf->symbol_count : 1, sizeof *called);
    for (size_t i = 0; i < elf->section_count; i++) {
        struct ud_elf_section section = ud_elf_section_at(elf, i);
        if (section.type != UD_SHT_RELA) {
            continue;
        }
        for (size_t k = 0; k < ud_elf_rela_count(&section); k++) {
            struct ud_elf_rela entry;
            if (ud_elf_rela_at(elf, &section, k, &entry) && is_branch(elf->machine, entry.type)) {
                called[entry.symbol] = true;
            }
        }
    }
    return called;
}
