#include "kernel/elf/btf.h"

#include <stdlib.h>

#include "check.h"
#include "lab.h"
#include "made_btf.h"

static enum ud_code read_struct(struct made_btf *m, const char *wanted, uint64_t *size,
                                struct ud_btf_member members[2], struct ud_error *err)
{
    made_btf_finish(m);
    members[0] = (struct ud_btf_member){.name = "init"};
    members[1] = (struct ud_btf_member){.name = "exit"};
    return ud_btf_struct(m->whole.data, m->whole.len, wanted, size, members, 2, err);
}

/* What follows a type, by its kind, in 32-bit words; `each` for one entry. */
static void every_kind_is_passed_over(void **state)
{
    static const struct {
        uint32_t kind, fixed, each;
    } kinds[] = {{1, 1, 0},  {2, 0, 0},  {3, 3, 0},  {5, 0, 3},  {6, 0, 2},  {7, 0, 0},
                 {8, 0, 0},  {9, 0, 0},  {10, 0, 0}, {11, 0, 0}, {12, 0, 0}, {13, 0, 2},
                 {14, 1, 0}, {15, 0, 3}, {16, 0, 0}, {17, 1, 0}, {18, 0, 0}, {19, 0, 3}};
    struct ud_btf_member members[2];
    struct made_btf m;
    uint64_t size;
    (void)state;
    made_btf_init(&m);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        uint32_t vlen = kinds[i].each > 0 ? 3 : 0;
        made_btf_type(&m, "", kinds[i].kind, vlen, 0);
        for (uint32_t k = 0; k < kinds[i].fixed + vlen * kinds[i].each; k++) {
            made_btf_add32(&m.types, 0x04000000);
        }
    }
    made_btf_type(&m, "module", 4, 2, 896);
    made_btf_member(&m, "init", 312 * 8);
    made_btf_member(&m, "exit", 848 * 8);
    assert_ok(read_struct(&m, "module", &size, members, NULL));
    assert_int_equal(size, 896);
    assert_true(members[0].found && members[0].offset == 312);
    assert_true(members[1].found && members[1].offset == 848);
    made_btf_done(&m);
}

/* A struct with bit fields keeps their sizes in the upper byte. */
static void bit_fields_are_no_members_with_an_offset(void **state)
{
    struct ud_btf_member members[2];
    struct made_btf m;
    uint64_t size;
    (void)state;
    made_btf_init(&m);
    made_btf_type(&m, "module", 0x84, 2, 64);
    made_btf_member(&m, "init", 3u << 24 | 8);
    made_btf_member(&m, "exit", 16 * 8);
    assert_ok(read_struct(&m, "module", &size, members, NULL));
    assert_false(members[0].found);
    assert_true(members[1].found && members[1].offset == 16);
    made_btf_done(&m);
}

static void structs_of_one_name_have_to_agree(void **state)
{
    struct ud_btf_member members[2];
    struct ud_error err = {0};
    struct made_btf m;
    uint64_t size;
    (void)state;
    made_btf_init(&m);
    for (int i = 0; i < 2; i++) {
        made_btf_type(&m, "module", 4, 1, 64);
        made_btf_member(&m, "init", 64);
    }
    assert_ok(read_struct(&m, "module", &size, members, NULL));
    assert_true(members[0].offset == 8 && !members[1].found);
    made_btf_type(&m, "module", 4, 1, 64);
    made_btf_member(&m, "init", 128);
    assert_int_equal(read_struct(&m, "module", &size, members, &err), UD_ERR_NOT_FOUND);
    assert_has(err.message, "several");
    assert_int_equal(read_struct(&m, "task_struct", &size, members, &err), UD_ERR_NOT_FOUND);
    made_btf_done(&m);
}

static void expect_bad(const char *data, size_t len, const char *why)
{
    struct ud_error err = {0};
    uint64_t size;
    assert_int_equal(ud_btf_struct(data, len, "module", &size, NULL, 0, &err), UD_ERR_PROTOCOL);
    assert_has(err.message, why);
}

static void what_is_no_btf_is_refused(void **state)
{
    struct ud_btf_member members[2];
    struct made_btf m;
    uint64_t size;
    (void)state;
    made_btf_init(&m);
    made_btf_type(&m, "module", 4, 1, 64);
    made_btf_member(&m, "init", 64);
    assert_ok(read_struct(&m, "module", &size, members, NULL));
    char *data = m.whole.data;
    expect_bad("", 0, "header");
    for (size_t len = 0; len < m.whole.len; len++) {
        assert_int_equal(ud_btf_struct(data, len, "module", &size, NULL, 0, NULL), UD_ERR_PROTOCOL);
    }
    data[0] = 0;
    expect_bad(data, m.whole.len, "header");
    data[0] = (char)0x9f;
    data[2] = 2;
    expect_bad(data, m.whole.len, "version");
    data[2] = 1;
    data[24 + 7] = 20; /* a kind to come */
    expect_bad(data, m.whole.len, "kind");
    data[24 + 7] = 4;
    data[24 + 4] = 9; /* more members than there are */
    expect_bad(data, m.whole.len, "cut off");
    data[24 + 4] = 1;
    data[24 + 3] = 0x7f; /* a name outside */
    expect_bad(data, m.whole.len, "outside the names");
    made_btf_done(&m);
}

/* Made by clang from a struct whose size and offsets gcc gave as 192, 88 and 128. */
static void a_compilers_btf_is_read(void **state)
{
    struct ud_btf_member members[] = {{.name = "init"}, {.name = "exit"}, {.name = "bit"}};
    struct lab_file file = {0};
    uint64_t size;
    (void)state;
    assert_true(lab_read(UD_SOURCE_DIR "/tests/fuzz/corpus/btf/module.btf", &file));
    assert_ok(ud_btf_struct(file.data, file.len, "module", &size, members, 3, NULL));
    assert_int_equal(size, 192);
    assert_int_equal(members[0].offset, 88);
    assert_int_equal(members[1].offset, 128);
    assert_false(members[2].found);
    lab_file_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_passed_over),
        cmocka_unit_test(bit_fields_are_no_members_with_an_offset),
        cmocka_unit_test(structs_of_one_name_have_to_agree),
        cmocka_unit_test(what_is_no_btf_is_refused),
        cmocka_unit_test(a_compilers_btf_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
