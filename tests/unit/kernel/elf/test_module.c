#include "kernel/elf/module.h"

#include <stdlib.h>

#include "check.h"
#include "kernel/elf/elf.h"
#include "kernel/modlist/modlist.h"
#include "kernel/modlist/module_name.h"
#include "lab.h"

static void reads_a_real_module(void **state)
{
    struct lab_file file = {0};
    struct ud_module module;
    struct ud_error err = {0};
    (void)state;
    if (!lab_load("vhci-hcd.ko", "", &file)) {
        skip();
    }
    if (ud_module_parse(file.data, file.len, file.path, &module, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_string_equal(module.name, "vhci_hcd");
    assert_string_equal(module.license, "GPL");
    assert_true(ud_strv_has(&module.depends, "usbcore"));
    assert_true(ud_strv_has(&module.depends, "usbip-core"));
    assert_has(module.vermagic, "mod_unload");
    assert_true(module.struct_size > 512);
    assert_true(module.has_init && module.has_exit);
    assert_true(module.init_offset < module.exit_offset);
    assert_true(module.exit_offset < module.struct_size);
    assert_true(module.has_versions);
    const struct ud_module_symbol *layout =
        ud_module_symbols_find(&module.imports, "module_layout");
    assert_non_null(layout);
    assert_true(layout->has_crc);
    assert_false(layout->undefined);
    const struct ud_module_symbol *recv = ud_module_symbols_find(&module.imports, "usbip_recv");
    assert_non_null(recv);
    assert_true(recv->undefined && recv->has_crc && !recv->weak);
    assert_null(ud_module_symbols_find(&module.imports, "vhci_hub_control"));
    assert_true(strlen(module.build_id) == 40);
    ud_module_done(&module);
    ud_module_done(&module);
    lab_file_done(&file);
}

static void exports_have_the_crcs_that_others_import(void **state)
{
    struct lab_file core_file = {0}, vhci_file = {0};
    struct ud_module core, vhci;
    size_t compared = 0;
    (void)state;
    if (!lab_load("usbip-core.ko", "", &core_file)) {
        skip();
    }
    assert_true(lab_load("vhci-hcd.ko", "", &vhci_file));
    assert_ok(ud_module_parse(core_file.data, core_file.len, "usbip-core", &core, NULL));
    assert_ok(ud_module_parse(vhci_file.data, vhci_file.len, "vhci-hcd", &vhci, NULL));
    for (size_t i = 0; i < vhci.imports.len; i++) {
        const struct ud_module_symbol *import = &vhci.imports.items[i];
        const struct ud_module_symbol *export = ud_module_symbols_find(&core.exports, import->name);
        if (export != NULL) {
            assert_true(export->has_crc && import->has_crc);
            assert_int_equal(export->crc, import->crc);
            compared++;
        }
    }
    assert_true(compared >= 5);
    ud_module_done(&core);
    ud_module_done(&vhci);
    lab_file_done(&core_file);
    lab_file_done(&vhci_file);
}

static void reads_every_real_module(void **state)
{
    struct ud_strv paths = {0};
    (void)state;
    if (!lab_find("", ".ko", &paths)) {
        ud_strv_done(&paths);
        skip();
    }
    for (size_t i = 0; i < paths.len; i++) {
        struct lab_file file = {0};
        struct ud_module module;
        struct ud_error err = {0};
        assert_true(lab_read(paths.items[i], &file));
        if (ud_module_parse(file.data, file.len, file.path, &module, &err) != UD_OK) {
            fail_msg("%s", err.message);
        }
        char *name = ud_module_name_of_path(file.path);
        assert_string_equal(module.name, name);
        assert_true(module.machine == UD_EM_X86_64 || module.machine == UD_EM_AARCH64);
        assert_true(module.imports.len > 0);
        free(name);
        ud_module_done(&module);
        lab_file_done(&file);
    }
    ud_strv_done(&paths);
}

/* Parses a copy of exactly this size, so that reading beyond it is noticed. */
static enum ud_code parse_copy(const unsigned char *data, size_t len, size_t flip, unsigned char to)
{
    struct ud_module module;
    struct ud_error err = {0};
    unsigned char *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, data, len);
    if (flip < len) {
        copy[flip] = to;
    }
    enum ud_code rc = ud_module_parse(copy, len, "copy", &module, &err);
    if (rc == UD_OK) {
        ud_module_done(&module);
    } else {
        assert_int_equal(rc, UD_ERR_UNFIT);
        assert_true(err.message[0] != '\0');
    }
    free(copy);
    return rc;
}

static void a_truncated_module_is_an_error(void **state)
{
    struct lab_file file = {0};
    (void)state;
    if (!lab_load("usbip-core.ko", "", &file)) {
        skip();
    }
    for (size_t len = 0; len < file.len; len += 64) {
        (void)parse_copy(file.data, len, SIZE_MAX, 0);
    }
    assert_int_equal(parse_copy(file.data, 64, SIZE_MAX, 0), UD_ERR_UNFIT);
    assert_int_equal(parse_copy(file.data, file.len / 2, SIZE_MAX, 0), UD_ERR_UNFIT);
    lab_file_done(&file);
}

static void damaged_headers_crash_nothing(void **state)
{
    static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
    struct lab_file file = {0};
    (void)state;
    if (!lab_load("usbip-core.ko", "", &file)) {
        skip();
    }
    uint64_t table = 0;
    for (size_t i = 0; i < 8; i++) {
        table |= (uint64_t)file.data[40 + i] << (8 * i);
    }
    for (size_t i = 0; i < COUNT(values); i++) {
        for (size_t at = 0; at < 64; at++) {
            (void)parse_copy(file.data, file.len, at, values[i]);
        }
        for (size_t at = (size_t)table; at < file.len; at += 3) {
            (void)parse_copy(file.data, file.len, at, values[i]);
        }
    }
    lab_file_done(&file);
}

static void other_elf_files_are_refused_by_name(void **state)
{
    static const struct {
        unsigned char class, order, type;
        const char *why;
    } cases[] = {
        {1, 1, 1, "32-bit"},         {2, 2, 1, "big-endian"}, {2, 1, 2, "not a relocatable"},
        {3, 1, 1, "does not exist"}, {2, 1, 1, "section"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char bytes[64] = {0x7f, 'E', 'L', 'F', cases[i].class, cases[i].order, 1};
        struct ud_elf elf;
        struct ud_error err = {0};
        bytes[16] = cases[i].type;
        assert_int_equal(ud_elf_open(bytes, sizeof bytes, "x.ko", &elf, &err), UD_ERR_UNFIT);
        assert_has(err.message, "x.ko");
        assert_has(err.message, cases[i].why);
    }
    struct ud_elf elf;
    struct ud_error err = {0};
    assert_int_equal(ud_elf_open("<html>", 6, "x.ko", &elf, &err), UD_ERR_UNFIT);
    assert_has(err.message, "not an ELF file");
}

static void finds_a_build_id_among_notes(void **state)
{
    static const unsigned char notes[] = {
        6, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 'L', 'i', 'n', 'u', 'x', 0, 0,    0,    7,   0,
        0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0,   0,   'G', 'N', 'U', 0, 0xab, 0xcd, 0xef};
    struct ud_slice id;
    (void)state;
    assert_true(ud_elf_note_in(notes, sizeof notes, "GNU", 3, &id));
    assert_int_equal(id.len, 3);
    assert_memory_equal(id.ptr, "\xab\xcd\xef", 3);
    assert_false(ud_elf_note_in(notes, sizeof notes, "GNU", 4, &id));
    assert_false(ud_elf_note_in(notes, sizeof notes - 1, "GNU", 3, &id));
}

/* The .modinfo of a small module is overwritten in the length that it has. */
static void aliases_are_all_of_them(void **state)
{
    static const char said[] = "vermagic=6.1.0 SMP mod_unload";
    static const char now[] = "alias=usb:v0403*\0alias=x:y\0a=";
    struct lab_file file = {0};
    struct ud_strv aliases = {0};
    (void)state;
    assert_int_equal(sizeof said, sizeof now);
    assert_true(lab_read(UD_SOURCE_DIR "/tests/fuzz/corpus/elf/module.ko", &file));
    ud_module_aliases(file.data, file.len, &aliases);
    assert_int_equal(aliases.len, 0);
    size_t at = 0;
    while (at + sizeof said < file.len && memcmp(file.data + at, said, sizeof said - 1) != 0) {
        at++;
    }
    assert_true(at + sizeof said < file.len);
    memcpy(file.data + at, now, sizeof now - 1);
    ud_module_aliases(file.data, file.len, &aliases);
    assert_int_equal(aliases.len, 2);
    assert_string_equal(aliases.items[0], "usb:v0403*");
    assert_string_equal(aliases.items[1], "x:y");
    ud_module_aliases(file.data, 100, &aliases); /* cut */
    assert_int_equal(aliases.len, 2);
    ud_strv_done(&aliases);
    lab_file_done(&file);
}

static void names(void **state)
{
    enum ud_compression how;
    (void)state;
    assert_true(ud_module_name_equal("usbip-core", "usbip_core"));
    assert_false(ud_module_name_equal("usbip-core", "usbip_cor"));
    char *name = ud_module_name_of_path("kernel/drivers/usb/usbip/vhci-hcd.ko.xz");
    assert_string_equal(name, "vhci_hcd");
    free(name);
    assert_true(ud_module_path_compression("a/b.ko", &how) && how == UD_COMPRESS_NONE);
    assert_true(ud_module_path_compression("b.ko.gz", &how) && how == UD_COMPRESS_GZIP);
    assert_true(ud_module_path_compression("b.ko.xz", &how) && how == UD_COMPRESS_XZ);
    assert_true(ud_module_path_compression("b.ko.zst", &how) && how == UD_COMPRESS_ZSTD);
    assert_false(ud_module_path_compression("b.so", &how));
    char machine[24];
    ud_elf_machine_name(UD_EM_AARCH64, machine, sizeof machine);
    assert_string_equal(machine, "aarch64");
    ud_elf_machine_name(40, machine, sizeof machine);
    assert_string_equal(machine, "machine 40");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_real_module),
        cmocka_unit_test(exports_have_the_crcs_that_others_import),
        cmocka_unit_test(reads_every_real_module),
        cmocka_unit_test(a_truncated_module_is_an_error),
        cmocka_unit_test(damaged_headers_crash_nothing),
        cmocka_unit_test(other_elf_files_are_refused_by_name),
        cmocka_unit_test(finds_a_build_id_among_notes),
        cmocka_unit_test(aliases_are_all_of_them),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
