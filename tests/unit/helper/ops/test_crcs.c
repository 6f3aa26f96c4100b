#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <sys/utsname.h>

#include "fake.h"
#include "proto/ops.h"

/* The smallest file with the CRCs of three imports, in one form or the other. */
struct tiny {
    Elf64_Ehdr header;
    char strings[64];
    struct {
        uint64_t crc;
        char name[56];
    } versions[3];
    uint32_t crcs[2];
    char names[16];
    Elf64_Shdr sections[4];
};

static Elf64_Shdr section(uint32_t name, size_t offset, size_t size)
{
    return (Elf64_Shdr){
        .sh_name = name, .sh_type = SHT_PROGBITS, .sh_offset = offset, .sh_size = size};
}

static void make(struct tiny *t, bool extended)
{
    static const char strings[] = "\0__versions\0__version_ext_crcs\0__version_ext_names";
    *t = (struct tiny){0};
    memcpy(t->header.e_ident, ELFMAG "\2\1\1", 7);
    t->header.e_shoff = offsetof(struct tiny, sections);
    t->header.e_shentsize = sizeof(Elf64_Shdr);
    t->header.e_shnum = extended ? 4 : 3;
    t->header.e_shstrndx = 1;
    memcpy(t->strings, strings, sizeof strings);
    t->versions[0].crc = 0x11;
    memcpy(t->versions[0].name, "module_layout", sizeof "module_layout");
    t->versions[1].crc = 0xfedcba98;
    memcpy(t->versions[1].name, "kfree", sizeof "kfree");
    memset(t->versions[2].name, 'x', sizeof t->versions[2].name);
    t->crcs[0] = 0x22;
    t->crcs[1] = 0x33;
    memcpy(t->names, "printk\0kfree\0", 14);
    t->sections[1] = section(0, offsetof(struct tiny, strings), sizeof t->strings);
    t->sections[2] = extended ? section(12, offsetof(struct tiny, crcs), sizeof t->crcs)
                              : section(1, offsetof(struct tiny, versions), sizeof t->versions);
    t->sections[3] = section(31, offsetof(struct tiny, names), 13);
}

static void module_path(char *ret, size_t size, const char *name)
{
    struct utsname uts;
    assert_int_equal(uname(&uts), 0);
    (void)snprintf(ret, size, "/lib/modules/%s/kernel/%s", uts.release, name);
}

static void add_module(const struct fake *f, struct ud_buf *paths, const char *name,
                       const void *data, size_t len)
{
    char path[256];
    module_path(path, sizeof path, name);
    fake_write(f, path, data, len);
    ud_buf_addf(paths, " %s", path);
}

static struct answer ask(struct fake *f, const struct ud_buf *paths, const char *names)
{
    char line[4096];
    (void)snprintf(line, sizeof line, "crcs%s -- %s", paths->data, names);
    return fake_run(f, line);
}

static void wanted_crcs_are_told_once(void **state)
{
    struct fake f;
    struct tiny plain;
    struct tiny extended;
    struct ud_buf paths;
    char gone[256];
    (void)state;
    fake_init(&f);
    ud_buf_init(&paths, 4096);
    make(&plain, false);
    make(&extended, true);
    module_path(gone, sizeof gone, "gone.ko");
    ud_buf_addf(&paths, " %s", gone);
    add_module(&f, &paths, "a.ko", &plain, sizeof plain);
    add_module(&f, &paths, "b.ko", &plain, sizeof plain);
    add_module(&f, &paths, "c.ko", &extended, sizeof extended);
    struct answer a = ask(&f, &paths, "kfree module_layout printk none");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(a.text.data, "module_layout present 0 00000011\n"
                                     "kfree present 0 fedcba98\n"
                                     "printk present 0 00000022\n"
                                     "kfree present 0 00000033\n");
    answer_done(&a);
    a = ask(&f, &paths, "kfree");
    assert_string_equal(a.text.data, "kfree present 0 fedcba98\n");
    answer_done(&a);
    ud_buf_done(&paths);
    fake_done(&f);
}

static void what_is_compressed_is_sent_as_it_is(void **state)
{
    struct fake f;
    struct ud_buf paths;
    (void)state;
    fake_init(&f);
    ud_buf_init(&paths, 4096);
    add_module(&f, &paths, "a.ko.xz",
               "\xfd"
               "7zXZ bytes",
               11);
    struct answer a = ask(&f, &paths, "kfree");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "kernel/a.ko.xz");
    answer_done(&a);
    ud_buf_done(&paths);
    fake_done(&f);
}

static void a_damaged_file_tells_nothing(void **state)
{
    struct fake f;
    struct tiny t;
    struct ud_buf paths;
    (void)state;
    fake_init(&f);
    ud_buf_init(&paths, 4096);
    make(&t, false);
    add_module(&f, &paths, "short.ko", &t, 80);
    t.sections[2].sh_size = UINT64_MAX;
    add_module(&f, &paths, "long.ko", &t, sizeof t);
    struct answer a = ask(&f, &paths, "kfree");
    assert_int_equal(a.code, UD_OK);
    assert_int_equal(a.text.len, 0);
    answer_done(&a);
    ud_buf_done(&paths);
    fake_done(&f);
}

/* "crcs -- name_0 name_1 …", in new memory. */
static char *many_names(int count)
{
    struct ud_buf line;
    ud_buf_init(&line, 1 << 20);
    ud_buf_adds(&line, "crcs --");
    for (int i = 0; i < count; i++) {
        ud_buf_addf(&line, " name_%d", i);
    }
    char *text = ud_buf_take(&line, NULL);
    ud_buf_done(&line);
    return text;
}

static void other_paths_and_names_are_refused(void **state)
{
    char *many = many_names(UD_OPS_SYMBOLS_MAX + 1);
    const char *const bad[] = {"crcs /etc/shadow -- kfree",
                               "crcs /lib/modules/other/a.ko -- kfree",
                               "crcs /lib/modules/../../etc/a.ko -- kfree",
                               "crcs",
                               "crcs --",
                               "crcs kfree",
                               "crcs -- a/b",
                               "crcs -- @names",
                               "crcs -- good @",
                               "crcs -- a;b",
                               "crcs -- kfree --",
                               many};
    struct fake f;
    (void)state;
    fake_init(&f);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct answer a = fake_run(&f, bad[i]);
        if (a.code != UD_ERR_USAGE) {
            fail_msg("\"%.64s\" gave %d", bad[i], (int)a.code);
        }
        answer_done(&a);
    }
    free(many);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wanted_crcs_are_told_once),
        cmocka_unit_test(what_is_compressed_is_sent_as_it_is),
        cmocka_unit_test(a_damaged_file_tells_nothing),
        cmocka_unit_test(other_paths_and_names_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
