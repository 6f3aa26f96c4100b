#include "kernel/crcs/exports.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

static void add(struct ud_exports *exports, const char *path, const char *text)
{
    ud_exports_add(exports, path, text, strlen(text));
}

static void assert_list(struct ud_strv *list, const char *expected)
{
    ud_strv_sort_unique(list);
    char *text = ud_strv_join(list, " ");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(list);
}

static void assert_sources(const struct ud_exports *exports, const char *symbol,
                           const char *expected)
{
    struct ud_strv list = {0};
    ud_exports_sources(exports, symbol, &list);
    assert_list(&list, expected);
}

static void exports_are_found_in_all_their_forms(void **state)
{
    static const char text[] = "int a;\nEXPORT_SYMBOL(a);\n"
                               "EXPORT_SYMBOL_GPL(b);\nEXPORT_SYMBOL_NS_GPL(c, USB_STORAGE);\n"
                               "\tEXPORT_SYMBOL (\n\td);\nEXPORT_PER_CPU_SYMBOL(e);\n"
                               "EXPORT_TRACEPOINT_SYMBOL_GPL(rpm_suspend);\n"
                               "EXPORT_STATIC_CALL_TRAMP(call);\n"
                               "#define MY_EXPORT_SYMBOL(x)\nNO_EXPORT_SYMBOL(f);\n"
                               "ACPI_EXPORT_SYMBOL(g)\nNO_ACPI_EXPORT_SYMBOL(f)\n"
                               "EXPORT_SYMBOL\n";
    static const char *const found[] = {"a",
                                        "b",
                                        "c",
                                        "d",
                                        "e",
                                        "g",
                                        "__tracepoint_rpm_suspend",
                                        "__traceiter_rpm_suspend",
                                        "__SCK__tp_func_rpm_suspend",
                                        "__SCT__call"};
    struct ud_exports *exports = ud_exports_new();
    (void)state;
    assert_true(ud_exports_is_empty(exports));
    add(exports, "lib/x.c", text);
    assert_false(ud_exports_is_empty(exports));
    for (size_t i = 0; i < COUNT(found); i++) {
        assert_sources(exports, found[i], "lib/x.c");
    }
    assert_sources(exports, "f", "");
    assert_sources(exports, "x", "");
    assert_sources(exports, "none", "");
    ud_exports_free(exports);
}

static void an_included_source_stands_for_what_includes_it(void **state)
{
    struct ud_exports *exports = ud_exports_new();
    (void)state;
    add(exports, "kernel/sched/wait.c", "EXPORT_SYMBOL(wake_up);\n");
    add(exports, "kernel/sched/build_utility.c", "#include <linux/x.h>\n#include \"wait.c\"\n");
    add(exports, "lib/deep/a.c", "EXPORT_SYMBOL(deep);");
    add(exports, "lib/b.c", "# include\t\"deep/a.c\"");
    add(exports, "lib/c.c", "#include \"./b.c\"");
    add(exports, "arch/x86/lib/memcpy_64.S", "EXPORT_SYMBOL(memcpy)");
    assert_sources(exports, "wake_up", "kernel/sched/build_utility.c");
    assert_sources(exports, "deep", "lib/c.c");
    assert_sources(exports, "memcpy", "arch/x86/lib/memcpy_64.S");
    ud_exports_free(exports);
}

static void sources_that_include_each_other_end(void **state)
{
    struct ud_exports *exports = ud_exports_new();
    struct ud_strv dirs = {0};
    struct ud_strv sources = {0};
    (void)state;
    add(exports, "a/x.c", "#include \"y.c\"\nEXPORT_SYMBOL(s);\n#include \"x.c\"");
    add(exports, "a/y.c", "#include \"x.c\"");
    ud_exports_sources(exports, "s", &sources);
    ud_strv_add(&sources, "a/x.c");
    ud_exports_dirs(exports, &sources, &dirs);
    assert_list(&dirs, "a");
    ud_strv_done(&sources);
    ud_exports_free(exports);
}

static void of_several_candidates_all_are_told(void **state)
{
    struct ud_exports *exports = ud_exports_new();
    (void)state;
    add(exports, "mm/slab.c", "EXPORT_SYMBOL(kfree);");
    add(exports, "mm/slub.c", "EXPORT_SYMBOL(kfree);");
    assert_sources(exports, "kfree", "mm/slab.c mm/slub.c");
    ud_exports_free(exports);
}

static void a_pasted_name_is_found_by_how_it_begins(void **state)
{
    struct ud_exports *exports = ud_exports_new();
    (void)state;
    add(exports, "kernel/trace/bpf_trace.c", "EXPORT_SYMBOL_GPL(bpf_trace_run##x)\n");
    add(exports, "kernel/params.c",
        "EXPORT_SYMBOL(param_ops_ ##name)\nEXPORT_SYMBOL(param_ops_int);");
    add(exports, "kernel/other.c", "EXPORT_SYMBOL(bpf_trace_run)\nEXPORT_SYMBOL(param_ops_bool);");
    assert_sources(exports, "bpf_trace_run12", "kernel/trace/bpf_trace.c");
    assert_sources(exports, "bpf_trace_run", "kernel/other.c");
    assert_sources(exports, "param_ops_uint", "kernel/params.c");
    assert_sources(exports, "param_ops_bool", "kernel/other.c");
    assert_sources(exports, "bpf_trace", "");
    ud_exports_free(exports);
}

static void directories_follow_the_includes(void **state)
{
    struct ud_exports *exports = ud_exports_new();
    struct ud_strv sources = {0};
    struct ud_strv dirs = {0};
    (void)state;
    add(exports, "drivers/base/power/main.c", "#include \"../base.h\"\n#include \"power.h\"");
    add(exports, "drivers/base/base.h", "#include \"../../kernel/inner.h\"\n");
    add(exports, "kernel/inner.h", "#include \"../../../out_of_the_tree.h\"\n");
    ud_strv_add(&sources, "drivers/base/power/main.c");
    ud_exports_dirs(exports, &sources, &dirs);
    assert_list(&dirs, "drivers/base drivers/base/power kernel");
    ud_strv_done(&sources);
    ud_exports_free(exports);
}

static void directories_need_their_files_and_the_makefiles_above(void **state)
{
    static const char *const needed[] = {"Makefile",
                                         "Kbuild",
                                         "drivers/Makefile",
                                         "drivers/base/Makefile",
                                         "drivers/base/power/Makefile",
                                         "drivers/base/power/main.c",
                                         "drivers/base/power/power.h"};
    static const char *const other[] = {"drivers/base/core.c",  "drivers/base/power/x/a.c",
                                        "drivers/bas/Makefile", "drivers/base/powe/Makefile",
                                        "net/Makefile",         "README"};
    struct ud_strv dirs = {0};
    (void)state;
    ud_strv_add(&dirs, "drivers/base/power");
    for (size_t i = 0; i < COUNT(needed); i++) {
        if (!ud_exports_needs(&dirs, needed[i])) {
            fail_msg("%s", needed[i]);
        }
    }
    for (size_t i = 0; i < COUNT(other); i++) {
        if (ud_exports_needs(&dirs, other[i])) {
            fail_msg("%s", other[i]);
        }
    }
    ud_strv_done(&dirs);
}

static void only_code_of_this_architecture_is_read(void **state)
{
    (void)state;
    assert_true(ud_exports_wants("kernel/fork.c", "x86"));
    assert_true(ud_exports_wants("arch/x86/lib/memcpy_64.S", "x86"));
    assert_true(ud_exports_wants("kernel/sched/sched.h", "x86"));
    assert_false(ud_exports_wants("arch/arm64/mm/init.c", "x86"));
    assert_false(ud_exports_wants("arch/x86_64/a.c", "x86"));
    assert_false(ud_exports_wants("arch/x86/boot/compressed/kaslr.c", "x86"));
    assert_false(ud_exports_wants("include/linux/usb.h", "x86"));
    assert_false(ud_exports_wants("samples/kobject/a.c", "x86"));
    assert_false(ud_exports_wants("kernel/Makefile", "x86"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exports_are_found_in_all_their_forms),
        cmocka_unit_test(an_included_source_stands_for_what_includes_it),
        cmocka_unit_test(sources_that_include_each_other_end),
        cmocka_unit_test(of_several_candidates_all_are_told),
        cmocka_unit_test(a_pasted_name_is_found_by_how_it_begins),
        cmocka_unit_test(directories_follow_the_includes),
        cmocka_unit_test(directories_need_their_files_and_the_makefiles_above),
        cmocka_unit_test(only_code_of_this_architecture_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
