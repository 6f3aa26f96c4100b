#include "kernel/kbuild/layouts.h"

#include <stdlib.h>

#include "check.h"
#include "kbuild/layouts_table.h"
#include "lab.h"
#include "made_btf.h"
#include "util/mem.h"

#define LINE(what) "\t.ascii \"usbipd-layout " what "\"\n"

static const struct ud_layout_verdict *of(const struct ud_layouts_verdict *verdict,
                                          const char *name)
{
    for (size_t i = 0; i < verdict->count; i++) {
        if (strcmp(verdict->structs[i].name, name) == 0) {
            return &verdict->structs[i];
        }
    }
    fail_msg("no struct %s", name);
    return NULL;
}

static void no_struct_and_no_member_is_named_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < ud_layout_row_count; i++) {
        const struct ud_layout_row *row = &ud_layout_rows[i];
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(row->name, ud_layout_rows[k].name);
        }
        for (size_t k = 1; k < UD_LAYOUT_MEMBERS_MAX && row->members[k] != NULL; k++) {
            assert_non_null(row->members[k - 1]);
            assert_string_not_equal(row->members[k], row->members[k - 1]);
        }
    }
}

static void the_source_asks_for_each(void **state)
{
    (void)state;
    char *text = ud_layouts_source();
    for (size_t i = 0; i < ud_layout_row_count; i++) {
        const struct ud_layout_row *row = &ud_layout_rows[i];
        char *line = ud_strf("#include <%s>\n", row->include);
        assert_has(text, line);
        free(line);
        line = ud_strf("\tUD_SIZE(%s);\n", row->name);
        assert_has(text, line);
        free(line);
        for (size_t k = 0; k < UD_LAYOUT_MEMBERS_MAX && row->members[k] != NULL; k++) {
            line = ud_strf("\tUD_MEMBER(%s, %s);\n", row->name, row->members[k]);
            assert_has(text, line);
            free(line);
        }
    }
    free(text);
}

/* It must not fail, and no module must come of it. */
static void kbuild_makes_it_beside_the_modules(void **state)
{
    (void)state;
    assert_has(ud_layouts_kbuild, "always-y) := usbipd_layouts.s\n");
    assert_has(ud_layouts_kbuild, "|| : >$@\n");
    assert_null(strstr(ud_layouts_kbuild, "obj-m"));
}

static void parse(const char *text, struct ud_layouts *ret)
{
    ud_layouts_parse(text, strlen(text), ret);
}

static void sizes_and_members_are_read(void **state)
{
    static const char text[] = "\t.text\n"
                               "#APP\n" LINE("kset - 48") "#NO_APP\n" LINE("kset kobj 24")
                                   LINE("kset kobj 25") LINE("kset - 49") "\tret\n";
    struct ud_layouts layouts;
    (void)state;
    parse(text, &layouts);
    assert_int_equal(layouts.known, 1);
    assert_string_equal(ud_layout_rows[1].name, "kset");
    assert_true(layouts.structs[1].known && layouts.structs[1].size == 48);
    assert_true(layouts.structs[1].members[0].known);
    assert_int_equal(layouts.structs[1].members[0].offset, 24);
}

/* What gcc 12 made of Linux 6.1 for x86_64. */
static void a_compilers_text_is_read(void **state)
{
    struct ud_layouts layouts;
    struct lab_file file = {0};
    (void)state;
    assert_true(lab_read(UD_SOURCE_DIR "/tests/fuzz/corpus/layouts/linux-6.1.s", &file));
    ud_layouts_parse((const char *)file.data, file.len, &layouts);
    assert_true(layouts.known > 50);
    for (size_t i = 0; i < ud_layout_row_count; i++) {
        if (strcmp(ud_layout_rows[i].name, "device") == 0) {
            assert_int_equal(layouts.structs[i].size, 744);
            assert_int_equal(layouts.structs[i].members[3].offset, 696);
        }
    }
    lab_file_done(&file);
}

/* The same of clang, which reads the directive and writes it again. */
static void another_compilers_blanks_are_read(void **state)
{
    struct ud_layouts layouts;
    (void)state;
    parse("\t//APP\n\n\t.ascii\t\"usbipd-layout kset - 48\"\n\n\t//NO_APP\n", &layouts);
    assert_true(layouts.structs[1].known && layouts.structs[1].size == 48);
}

static void what_is_no_line_of_ours_is_passed_over(void **state)
{
    static const char *const texts[] = {
        "",
        "\n\n",
        ".ascii \"usbipd-layout ",
        ".ascii \"usbipd-layout kset",
        ".ascii \"usbipd-layout kset -",
        ".ascii \"usbipd-layout kset - 48",
        LINE("kset - "),
        LINE("kset - 48 "),
        LINE("kset - $48"),
        LINE("kset - -48"),
        LINE("kset - 99999999999999999999999999"),
        LINE("kset  48"),
        LINE("kset kobj"),
        LINE("ksets - 48"),
        LINE("nosuch - 48"),
        LINE("kset nosuch 48"),
        LINE("kset - 48\" x"),
        "ascii \"usbipd-layout kset - 48\"\n",
        ".ascii usbipd-layout kset - 48\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct ud_layouts layouts;
        parse(texts[i], &layouts);
        if (layouts.known != 0) {
            fail_msg("it took %s", texts[i]);
        }
    }
}

/* A kernel of which kset and mutex are known. */
static void make_kernel(struct made_btf *m, uint32_t kset, uint32_t kobj)
{
    made_btf_type(m, "kset", 4, 2, kset);
    made_btf_member(m, "list", 0);
    made_btf_member(m, "kobj", kobj * 8);
    made_btf_type(m, "mutex", 4, 0, 32);
    made_btf_type(m, "else", 4, 0, 7);
}

static void compare(struct made_btf *m, const char *text, struct ud_layouts_verdict *ret)
{
    struct ud_layouts ours;
    parse(text, &ours);
    made_btf_finish(m);
    assert_ok(ud_layouts_compare(&ours, m->whole.data, m->whole.len, ret, NULL));
    assert_int_equal(ret->count, ud_layout_row_count);
}

static const char kernels[] =
    LINE("kset - 160") LINE("kset kobj 24") LINE("mutex - 32") LINE("page - 64");

static void equal_structs_are_equal(void **state)
{
    struct ud_layouts_verdict verdict;
    struct made_btf m;
    (void)state;
    made_btf_init(&m);
    make_kernel(&m, 160, 24);
    compare(&m, kernels, &verdict);
    assert_int_equal(of(&verdict, "kset")->state, UD_LAYOUT_EQUAL);
    assert_int_equal(of(&verdict, "kset")->members, 1);
    assert_int_equal(of(&verdict, "mutex")->state, UD_LAYOUT_EQUAL);
    assert_int_equal(of(&verdict, "mutex")->members, 0);
    assert_int_equal(of(&verdict, "page")->state, UD_LAYOUT_UNSEEN);
    assert_int_equal(of(&verdict, "device")->state, UD_LAYOUT_UNSEEN);
    made_btf_done(&m);
}

static void a_size_and_an_offset_that_differ_are_found(void **state)
{
    struct ud_layouts_verdict verdict;
    struct made_btf m;
    (void)state;
    made_btf_init(&m);
    make_kernel(&m, 168, 24);
    compare(&m, kernels, &verdict);
    const struct ud_layout_verdict *kset = of(&verdict, "kset");
    assert_int_equal(kset->state, UD_LAYOUT_DIFFERS);
    assert_null(kset->member);
    assert_true(kset->ours == 160 && kset->theirs == 168);
    made_btf_done(&m);
    made_btf_init(&m);
    make_kernel(&m, 160, 32);
    compare(&m, kernels, &verdict);
    kset = of(&verdict, "kset");
    assert_int_equal(kset->state, UD_LAYOUT_DIFFERS);
    assert_string_equal(kset->member, "kobj");
    assert_true(kset->ours == 24 && kset->theirs == 32);
    assert_int_equal(of(&verdict, "mutex")->state, UD_LAYOUT_EQUAL);
    made_btf_done(&m);
}

/* In either order: a false alarm would be worse. */
static void one_of_several_that_agrees_is_enough(void **state)
{
    (void)state;
    for (uint32_t first = 0; first < 2; first++) {
        struct ud_layouts_verdict verdict;
        struct made_btf m;
        made_btf_init(&m);
        make_kernel(&m, first == 0 ? 160 : 168, 24);
        make_kernel(&m, first == 0 ? 168 : 160, 24);
        compare(&m, kernels, &verdict);
        assert_int_equal(of(&verdict, "kset")->state, UD_LAYOUT_EQUAL);
        made_btf_done(&m);
    }
}

/* As those in unnamed unions, which a kernel may have put around them. */
static void a_member_that_the_kernel_does_not_name_is_not_compared(void **state)
{
    struct ud_layouts_verdict verdict;
    struct made_btf m;
    (void)state;
    made_btf_init(&m);
    made_btf_type(&m, "kset", 4, 1, 160);
    made_btf_member(&m, "", 24 * 8);
    compare(&m, kernels, &verdict);
    assert_int_equal(of(&verdict, "kset")->state, UD_LAYOUT_EQUAL);
    assert_int_equal(of(&verdict, "kset")->members, 0);
    made_btf_done(&m);
}

static void what_is_no_btf_compares_nothing(void **state)
{
    struct ud_layouts ours;
    struct ud_layouts_verdict verdict = {.count = 77};
    (void)state;
    parse(kernels, &ours);
    assert_int_equal(ud_layouts_compare(&ours, "x", 1, &verdict, NULL), UD_ERR_PROTOCOL);
    assert_int_equal(verdict.count, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_struct_and_no_member_is_named_twice),
        cmocka_unit_test(the_source_asks_for_each),
        cmocka_unit_test(kbuild_makes_it_beside_the_modules),
        cmocka_unit_test(sizes_and_members_are_read),
        cmocka_unit_test(a_compilers_text_is_read),
        cmocka_unit_test(another_compilers_blanks_are_read),
        cmocka_unit_test(what_is_no_line_of_ours_is_passed_over),
        cmocka_unit_test(equal_structs_are_equal),
        cmocka_unit_test(a_size_and_an_offset_that_differ_are_found),
        cmocka_unit_test(one_of_several_that_agrees_is_enough),
        cmocka_unit_test(a_member_that_the_kernel_does_not_name_is_not_compared),
        cmocka_unit_test(what_is_no_btf_compares_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
