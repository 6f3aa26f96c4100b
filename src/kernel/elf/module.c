#include "kernel/elf/module.h"

#include <stdlib.h>
#include <string.h>

#include "elf/module_symbols.h"
#include "kernel/elf/elf.h"
#include "kernel/modlist/modlist.h"
#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

#define THIS_MODULE ".gnu.linkonce.this_module"
#define NT_GNU_BUILD_ID 3

/* The first `key=` of .modinfo, which holds NUL-ended texts; "" if there is none. */
static char *module_modinfo(const struct ud_elf *elf, const char *key)
{
    struct ud_elf_section section;
    struct ud_slice field;
    if (!ud_elf_find(elf, ".modinfo", &section) || section.data == NULL) {
        return ud_strdup("");
    }
    struct ud_slice rest = {(const char *)section.data, (size_t)section.size};
    while (ud_scan_field(&rest, '\0', &field)) {
        if (ud_scan_text(&field, key) && ud_scan_text(&field, "=")) {
            return ud_strndup(field.ptr, field.len);
        }
    }
    return ud_strdup("");
}

void ud_module_aliases(const void *data, size_t len, struct ud_strv *ret)
{
    struct ud_elf elf;
    struct ud_elf_section section;
    struct ud_slice field;
    if (ud_elf_open(data, len, "", &elf, NULL) != UD_OK ||
        !ud_elf_find(&elf, ".modinfo", &section) || section.data == NULL) {
        return;
    }
    struct ud_slice rest = {(const char *)section.data, (size_t)section.size};
    while (ud_scan_field(&rest, '\0', &field)) {
        if (ud_scan_text(&field, "alias=")) {
            ud_strv_addn(ret, field.ptr, field.len);
        }
    }
}

static void split_depends(const char *text, struct ud_strv *ret)
{
    struct ud_slice rest = ud_slice_of(text);
    struct ud_slice name;
    while (ud_scan_field(&rest, ',', &name)) {
        if (name.len > 0) {
            ud_strv_addn(ret, name.ptr, name.len);
        }
    }
}

/* Where struct module points to the two functions: the offsets of their
 * relocations tell the layout that the module was compiled with. */
static void read_offsets(const struct ud_elf *elf, struct ud_module *module)
{
    struct ud_elf_section rela;
    if (!ud_elf_find(elf, ".rela" THIS_MODULE, &rela) || rela.type != UD_SHT_RELA) {
        return;
    }
    for (size_t i = 0; i < ud_elf_rela_count(&rela); i++) {
        struct ud_elf_rela entry;
        if (!ud_elf_rela_at(elf, &rela, i, &entry)) {
            continue;
        }
        const char *name = ud_elf_symbol_at(elf, entry.symbol).name;
        if (strcmp(name, "init_module") == 0) {
            module->has_init = true;
            module->init_offset = entry.offset;
        } else if (strcmp(name, "cleanup_module") == 0) {
            module->has_exit = true;
            module->exit_offset = entry.offset;
        }
    }
}

static char *read_build_id(const struct ud_elf *elf)
{
    struct ud_slice id;
    if (!ud_elf_note(elf, "GNU", NT_GNU_BUILD_ID, &id) || id.len > 64) {
        return ud_strdup("");
    }
    char *hex = ud_alloc(2 * id.len + 1, 1);
    ud_str_hex((const unsigned char *)id.ptr, id.len, hex);
    return hex;
}

static void read_types(const struct ud_elf *elf, struct ud_module *module)
{
    struct ud_elf_section types;
    struct ud_elf_section base;
    if (ud_elf_find(elf, ".BTF", &types) && types.data != NULL &&
        !ud_elf_find(elf, ".BTF.base", &base)) {
        module->btf_len = (size_t)types.size;
        module->btf = ud_memdup(types.data, module->btf_len);
    }
}

static void module_read_all(const struct ud_elf *elf, struct ud_module *module)
{
    char *depends = module_modinfo(elf, "depends");
    module->name = module_modinfo(elf, "name");
    module->vermagic = module_modinfo(elf, "vermagic");
    module->license = module_modinfo(elf, "license");
    module->srcversion = module_modinfo(elf, "srcversion");
    module->build_id = read_build_id(elf);
    module->machine = elf->machine;
    split_depends(depends, &module->depends);
    free(depends);
    read_offsets(elf, module);
    read_types(elf, module);
    ud_module_read_imports(elf, &module->imports, &module->has_versions);
    ud_module_read_exports(elf, &module->exports);
}

enum ud_code ud_module_parse(const void *data, size_t len, const char *what, struct ud_module *ret,
                             struct ud_error *err)
{
    struct ud_elf elf;
    struct ud_elf_section this_module;
    if (len > UD_MODULE_FILE_MAX) {
        return ud_fail(err, UD_ERR_UNFIT, NULL, "%s has over %u bytes", what, UD_MODULE_FILE_MAX);
    }
    struct ud_modsig signature;
    ud_modsig_parse(data, len, &signature);
    UD_TRY(ud_elf_open(data, signature.payload, what, &elf, err));
    if (!ud_elf_find(&elf, THIS_MODULE, &this_module)) {
        return ud_fail(err, UD_ERR_UNFIT, NULL, "%s is an ELF file, but no kernel module", what);
    }
    struct ud_module module = {.struct_size = this_module.size, .signature = signature};
    module_read_all(&elf, &module);
    if (module.name[0] == '\0' || module.vermagic[0] == '\0') {
        ud_module_done(&module);
        return ud_fail(err, UD_ERR_UNFIT, NULL, "%s is a module without name or vermagic", what);
    }
    *ret = module;
    return UD_OK;
}

uint64_t ud_module_count_crcs(const struct ud_module *module)
{
    uint64_t count = 0;
    for (size_t i = 0; i < module->imports.len; i++) {
        count += module->imports.items[i].has_crc ? 1 : 0;
    }
    return count;
}

void ud_module_done(struct ud_module *module)
{
    if (module == NULL) {
        return;
    }
    free(module->name);
    free(module->vermagic);
    free(module->license);
    free(module->srcversion);
    free(module->build_id);
    free(module->btf);
    ud_strv_done(&module->depends);
    ud_module_symbols_done(&module->imports);
    ud_module_symbols_done(&module->exports);
    *module = (struct ud_module){0};
}
