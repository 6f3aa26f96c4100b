#include "elf/module_symbols.h"

#include <stdlib.h>
#include <string.h>

#include "proto/modversions.h"
#include "text/bytes.h"
#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

/* A symbol as found, its name still in the file. */
struct found {
    struct ud_slice name;
    uint32_t crc;
    bool has_crc, weak, undefined, called;
};

struct list {
    struct found *items;
    size_t len, cap;
};

static void module_symbols_add(struct list *list, struct found item)
{
    if (list->len == list->cap) {
        list->cap = list->cap == 0 ? 64 : list->cap * 2;
        list->items = ud_realloc(list->items, list->cap, sizeof *list->items);
    }
    list->items[list->len++] = item;
}

static int module_symbols_compare(const void *a, const void *b)
{
    const struct ud_slice left = ((const struct found *)a)->name;
    const struct ud_slice right = ((const struct found *)b)->name;
    int order = memcmp(left.ptr, right.ptr, left.len < right.len ? left.len : right.len);
    return order != 0 ? order : (left.len > right.len) - (left.len < right.len);
}

static void module_symbols_merge(struct found *into, const struct found *other)
{
    if (other->has_crc) {
        into->crc = other->crc;
        into->has_crc = true;
    }
    /* Weak only if no reference to it is strong. */
    into->weak = (!into->undefined || into->weak) && (!other->undefined || other->weak);
    into->undefined = into->undefined || other->undefined;
    into->called = into->called || other->called;
}

/* Sorts, merges and copies; empties list. */
static void module_symbols_take(struct list *list, struct ud_module_symbols *ret)
{
    *ret = (struct ud_module_symbols){0};
    if (list->len > 0) {
        qsort(list->items, list->len, sizeof *list->items, module_symbols_compare);
        ret->items = ud_alloc(list->len, sizeof *ret->items);
    }
    for (size_t i = 0; i < list->len;) {
        struct found all = list->items[i++];
        while (i < list->len && module_symbols_compare(&all, &list->items[i]) == 0) {
            module_symbols_merge(&all, &list->items[i++]);
        }
        ret->items[ret->len++] = (struct ud_module_symbol){
            .name = ud_strndup(all.name.ptr, all.name.len),
            .crc = all.crc,
            .has_crc = all.has_crc,
            .weak = all.weak && all.undefined,
            .undefined = all.undefined,
            .called = all.called,
        };
    }
    free(list->items);
    *list = (struct list){0};
}

static void add_undefined(const struct ud_elf *elf, struct list *list)
{
    bool *called = ud_module_find_called(elf);
    for (size_t i = 1; i < elf->symbol_count; i++) {
        struct ud_elf_symbol symbol = ud_elf_symbol_at(elf, i);
        /* The kernel's loader ignores the table's name (ignore_undef_symbol). */
        if (symbol.section == UD_SHN_UNDEF && symbol.name[0] != '\0' &&
            strcmp(symbol.name, "_GLOBAL_OFFSET_TABLE_") != 0) {
            module_symbols_add(list, (struct found){.name = ud_slice_of(symbol.name),
                                                    .weak = symbol.bind == UD_STB_WEAK,
                                                    .undefined = true,
                                                    .called = called[i]});
        }
    }
    free(called);
}

static void add_version(void *ctx, struct ud_slice name, uint32_t crc)
{
    module_symbols_add(ctx, (struct found){.name = name, .crc = crc, .has_crc = true});
}

static bool find_bytes(const struct ud_elf *elf, const char *name, struct ud_slice *ret)
{
    struct ud_elf_section section;
    if (!ud_elf_find(elf, name, &section) || section.data == NULL) {
        return false;
    }
    *ret = (struct ud_slice){(const char *)section.data, (size_t)section.size};
    return true;
}

static void add_versions(const struct ud_elf *elf, struct list *list)
{
    struct ud_slice section;
    struct ud_slice names;
    if (find_bytes(elf, UD_MODVERSIONS, &section)) {
        ud_modversions_each(section, add_version, list);
    }
    if (find_bytes(elf, UD_MODVERSIONS_EXT_CRCS, &section) &&
        find_bytes(elf, UD_MODVERSIONS_EXT_NAMES, &names)) {
        ud_modversions_each_extended(section, names, add_version, list);
    }
}

void ud_module_read_imports(const struct ud_elf *elf, struct ud_module_symbols *ret,
                            bool *ret_has_versions)
{
    struct list list = {0};
    add_versions(elf, &list);
    *ret_has_versions = list.len > 0;
    add_undefined(elf, &list);
    module_symbols_take(&list, ret);
}

/* The value of a __crc_ symbol: absolute (to 5.18), or where the CRC lies. */
static bool module_symbols_read_crc(const struct ud_elf *elf, const struct ud_elf_symbol *symbol,
                                    uint32_t *ret)
{
    if (symbol->section == UD_SHN_ABS) {
        *ret = (uint32_t)symbol->value;
        return true;
    }
    if (symbol->section == UD_SHN_UNDEF || symbol->section >= elf->section_count) {
        return false;
    }
    struct ud_elf_section section = ud_elf_section_at(elf, symbol->section);
    if (section.data == NULL || section.size < 4 || symbol->value > section.size - 4) {
        return false;
    }
    *ret = ud_le32(section.data + symbol->value);
    return true;
}

void ud_module_read_exports(const struct ud_elf *elf, struct ud_module_symbols *ret)
{
    struct list exports = {0};
    struct list crcs = {0};
    for (size_t i = 1; i < elf->symbol_count; i++) {
        struct ud_elf_symbol symbol = ud_elf_symbol_at(elf, i);
        struct ud_slice name = ud_slice_of(symbol.name);
        uint32_t crc;
        if (symbol.section == UD_SHN_UNDEF) {
            continue;
        }
        if (ud_scan_text(&name, "__ksymtab_")) {
            module_symbols_add(&exports, (struct found){.name = name});
        } else if (ud_scan_text(&name, "__crc_") && module_symbols_read_crc(elf, &symbol, &crc)) {
            module_symbols_add(&crcs, (struct found){.name = name, .crc = crc, .has_crc = true});
        }
    }
    module_symbols_take(&exports, ret);
    for (size_t i = 0; i < crcs.len; i++) {
        char *name = ud_strndup(crcs.items[i].name.ptr, crcs.items[i].name.len);
        const struct ud_module_symbol *known = ud_module_symbols_find(ret, name);
        if (known != NULL) {
            struct ud_module_symbol *symbol = &ret->items[known - ret->items];
            symbol->crc = crcs.items[i].crc;
            symbol->has_crc = true;
        }
        free(name);
    }
    free(crcs.items);
}

static int module_symbols_compare_name(const void *key, const void *symbol)
{
    return strcmp(key, ((const struct ud_module_symbol *)symbol)->name);
}

const struct ud_module_symbol *ud_module_symbols_find(const struct ud_module_symbols *symbols,
                                                      const char *name)
{
    if (symbols->len == 0) {
        return NULL;
    }
    return bsearch(name, symbols->items, symbols->len, sizeof *symbols->items,
                   module_symbols_compare_name);
}

void ud_module_symbols_done(struct ud_module_symbols *symbols)
{
    for (size_t i = 0; i < symbols->len; i++) {
        free(symbols->items[i].name);
    }
    free(symbols->items);
    *symbols = (struct ud_module_symbols){0};
}

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
