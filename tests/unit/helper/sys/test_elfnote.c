#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>

#include "fake.h"
#include "sys/elfnote.h"

/* The smallest file that is like a module: header, string table, .modinfo, a
 * note section before the one with the build ID, section headers. */
struct tiny {
    Elf64_Ehdr header;
    char strings[32];
    char info[32];
    unsigned char other[16];
    unsigned char note[20];
    unsigned char pad[4];
    Elf64_Shdr sections[5];
};

static void make(struct tiny *t, const char *info, size_t info_len)
{
    static const char strings[] = "\0.modinfo\0.note\0.shstrtab";
    static const unsigned char other[16] = {4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'G', 'N', 'U', 0};
    *t = (struct tiny){0};
    memcpy(t->header.e_ident, ELFMAG "\2\1\1", 7);
    t->header.e_shoff = offsetof(struct tiny, sections);
    t->header.e_shentsize = sizeof(Elf64_Shdr);
    t->header.e_shnum = 5;
    t->header.e_shstrndx = 1;
    memcpy(t->strings, strings, sizeof strings);
    memcpy(t->info, info, info_len);
    memcpy(t->other, other, sizeof other);
    fake_note(0x5a, t->note);
    t->sections[1] = (Elf64_Shdr){.sh_name = 16,
                                  .sh_type = SHT_STRTAB,
                                  .sh_offset = offsetof(struct tiny, strings),
                                  .sh_size = sizeof t->strings};
    t->sections[2] = (Elf64_Shdr){.sh_name = 1,
                                  .sh_type = SHT_PROGBITS,
                                  .sh_offset = offsetof(struct tiny, info),
                                  .sh_size = info_len};
    t->sections[3] = (Elf64_Shdr){.sh_name = 10,
                                  .sh_type = SHT_NOTE,
                                  .sh_offset = offsetof(struct tiny, other),
                                  .sh_size = sizeof t->other};
    t->sections[4] = (Elf64_Shdr){.sh_name = 10,
                                  .sh_type = SHT_NOTE,
                                  .sh_offset = offsetof(struct tiny, note),
                                  .sh_size = sizeof t->note};
}

#define INFO "license=GPL\0name=usb_common"

static void build_id_and_name_are_found(void **state)
{
    struct tiny t;
    char id[UD_BUILD_ID_MAX + 1];
    char name[UD_MODULE_NAME_MAX + 1];
    (void)state;
    make(&t, INFO, sizeof INFO);
    assert_true(ud_elf_build_id(&t, sizeof t, id));
    assert_string_equal(id, "5a5a5a5a");
    assert_true(ud_elf_module_name(&t, sizeof t, name));
    assert_string_equal(name, "usb_common");
}

static void names_that_are_none_are_not_found(void **state)
{
    struct tiny t;
    char name[UD_MODULE_NAME_MAX + 1];
    (void)state;
    make(&t, "name=a/b", 9);
    assert_false(ud_elf_module_name(&t, sizeof t, name));
    make(&t, "name=cut", 8);
    assert_false(ud_elf_module_name(&t, sizeof t, name));
    make(&t, "surname=b", 10);
    assert_false(ud_elf_module_name(&t, sizeof t, name));
}

/* Under a sanitizer: nothing outside is read whatever is cut or changed. */
static void any_cut_and_any_changed_byte_is_survived(void **state)
{
    struct tiny t;
    char id[UD_BUILD_ID_MAX + 1];
    char name[UD_MODULE_NAME_MAX + 1];
    (void)state;
    make(&t, INFO, sizeof INFO);
    for (size_t len = 0; len < sizeof t; len++) {
        unsigned char *cut = ud_alloc(len, 1);
        memcpy(cut, &t, len);
        assert_false(ud_elf_build_id(cut, len, id)); /* the last section header is cut */
        (void)ud_elf_module_name(cut, len, name);
        free(cut);
    }
    for (size_t at = 0; at < sizeof t; at++) {
        for (int value = 0; value < 256; value += 15) {
            unsigned char *changed = ud_alloc(sizeof t, 1);
            memcpy(changed, &t, sizeof t);
            changed[at] = (unsigned char)value;
            (void)ud_elf_build_id(changed, sizeof t, id);
            (void)ud_elf_module_name(changed, sizeof t, name);
            free(changed);
        }
    }
}

static void notes_that_lie_about_their_size_give_nothing(void **state)
{
    unsigned char note[20];
    char id[UD_BUILD_ID_MAX + 1];
    (void)state;
    fake_note(1, note);
    assert_true(ud_note_build_id(note, sizeof note, id));
    assert_false(ud_note_build_id(note, sizeof note - 1, id));
    assert_false(ud_note_build_id(note, 0, id));
    for (size_t at = 0; at < 8; at++) {
        fake_note(1, note);
        note[at] = 0xff;
        assert_false(ud_note_build_id(note, sizeof note, id));
    }
}

static void insertion_compares_the_build_ids(void **state)
{
    struct fake f;
    struct tiny t;
    (void)state;
    fake_init(&f);
    make(&t, INFO, sizeof INFO);
    fake_write(&f, "/usbipd/modules/usb-common.ko", &t, sizeof t);
    fake_load(&f, "usb_common", 0x5a);
    struct answer a = fake_run(&f, "insert usb-common");
    assert_has(&a, "usb-common present 0 same\n");
    answer_done(&a);
    fake_unload(&f, "usb_common");
    fake_load(&f, "usb_common", 0x5b);
    a = fake_run(&f, "insert usb-common");
    assert_has(&a, "usb-common present 0 other\n");
    answer_done(&a);
    fake_done(&f);
}

static void a_file_that_is_another_module_is_not_inserted(void **state)
{
    struct fake f;
    struct tiny t;
    (void)state;
    fake_init(&f);
    make(&t, INFO, sizeof INFO);
    fake_write(&f, "/usbipd/modules/usbcore.ko", &t, sizeof t);
    struct answer a = fake_run(&f, "insert usbcore");
    assert_int_equal(a.code, UD_ERR_UNFIT);
    assert_string_equal(f.did, "");
    answer_done(&a);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(build_id_and_name_are_found),
        cmocka_unit_test(names_that_are_none_are_not_found),
        cmocka_unit_test(any_cut_and_any_changed_byte_is_survived),
        cmocka_unit_test(notes_that_lie_about_their_size_give_nothing),
        cmocka_unit_test(insertion_compares_the_build_ids),
        cmocka_unit_test(a_file_that_is_another_module_is_not_inserted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
