#include "kernel/kbuild/kbuild.h"

#include <stdlib.h>

#include "check.h"
#include "kernel/kbuild/layouts.h"
#include "util/str.h"

static void names_only_the_directories_that_are_needed(void **state)
{
    struct ud_plan plan = {0};
    struct ud_kbuild_files files;
    (void)state;
    ud_strv_add(&plan.usb_dirs, "usbip");
    ud_kbuild_files_make(&plan, &files);
    assert_int_equal(files.len, 2);
    assert_string_equal(files.items[0].path, "drivers/usb/Kbuild");
    assert_true(ud_str_starts(files.items[0].text, "obj-m := usbip/\n"));
    assert_has(files.items[0].text, ud_layouts_kbuild);
    assert_string_equal(files.items[1].path, "drivers/usb/usbipd_layouts.c");
    assert_has(files.items[1].text, "UD_SIZE(device);");
    ud_kbuild_files_done(&files);
    plan.items[UD_PLAN_GENALLOC].origin = UD_ORIGIN_BUILD;
    plan.items[UD_PLAN_NLS_BASE].origin = UD_ORIGIN_BUILD;
    ud_kbuild_files_make(&plan, &files);
    assert_int_equal(files.len, 6);
    assert_true(ud_str_starts(files.items[0].text, "obj-m := genalloc/ nls_base/ usbip/\n"));
    assert_string_equal(files.items[1].path, "drivers/usb/genalloc/Kbuild");
    assert_string_equal(files.items[1].text, "obj-m := genalloc.o\n");
    assert_string_equal(files.items[2].path, "drivers/usb/genalloc/genalloc.c");
    assert_has(files.items[2].text, "#include \"../../../lib/genalloc.c\"\n");
    assert_has(files.items[2].text, "MODULE_LICENSE(\"GPL\")");
    assert_has(files.items[4].text, "fs/nls/nls_base.c");
    ud_kbuild_files_done(&files);
    ud_plan_done(&plan);
}

static void directories_of_drivers_name_just_what_is_built(void **state)
{
    static char dirs[][24] = {"drivers/hid",        "drivers/hid", "drivers/usb/core",
                              "drivers/usb/serial", "lib",         "sound"};
    static char names[][16] = {"hid", "hid-generic", "other", "ftdi_sio", "crc16", "soundcore"};
    struct ud_plan_driver drivers[COUNT(names)] = {0};
    struct ud_plan plan = {.drivers = drivers, .driver_count = COUNT(names)};
    struct ud_kbuild_files files;
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        drivers[i].name = names[i];
        drivers[i].dir = dirs[i];
        drivers[i].item.origin = i == 5 ? UD_ORIGIN_OWN_FILE : UD_ORIGIN_BUILD;
    }
    drivers[4].kbuild = true; /* the sources have lib/Kbuild */
    ud_strv_add(&plan.usb_dirs, "core");
    ud_kbuild_files_make(&plan, &files);
    assert_true(ud_str_starts(files.items[0].text,
                              "obj-m := core/ ../../drivers/hid/ serial/ ../../lib/\n"));
    assert_int_equal(files.len, 4);
    assert_string_equal(files.items[2].path, "drivers/hid/Kbuild");
    assert_true(ud_str_starts(files.items[2].text, "include $(src)/Makefile\nobj-y :=\n"));
    assert_true(ud_str_ends(files.items[2].text, "\nobj-m := hid.o hid-generic.o\n"));
    assert_string_equal(files.items[3].path, "drivers/usb/serial/Kbuild");
    assert_true(ud_str_ends(files.items[3].text, "\nobj-m := ftdi_sio.o\n"));
    ud_kbuild_files_done(&files);
    ud_strv_done(&plan.usb_dirs);
}

static void assert_argv(enum ud_kbuild_target target, const struct ud_kbuild_options *options,
                        const char *const *has, const char *const *lacks)
{
    struct ud_kbuild_step step;
    ud_kbuild_step_make(target, options, &step);
    assert_string_equal(step.argv.items[0], "make");
    assert_true(step.title[0] != '\0');
    for (; *has != NULL; has++) {
        if (!ud_strv_has(&step.argv, *has)) {
            fail_msg("no %s", *has);
        }
    }
    for (; *lacks != NULL; lacks++) {
        assert_false(ud_strv_has(&step.argv, *lacks));
    }
    ud_kbuild_step_done(&step);
}

static void commands_carry_release_and_compiler(void **state)
{
    static const struct ud_kbuild_options native = {.release = "6.1.0-56-cloud-amd64",
                                                    .machine = "x86_64",
                                                    .cc = "gcc-12",
                                                    .jobs = 4,
                                                    .has_symvers = true};
    static const struct ud_kbuild_options cross = {.release = "6.12.1",
                                                   .machine = "aarch64",
                                                   .cc = "clang",
                                                   .clang = true,
                                                   .ias = "1",
                                                   .debug_info = true,
                                                   .cross_prefix = "aarch64-linux-gnu-"};
    (void)state;
    assert_argv(UD_KBUILD_RESOLVE, &native,
                (const char *[]){"olddefconfig", "-j4", "CC=gcc-12", "ARCH=x86_64",
                                 "KERNELRELEASE=6.1.0-56-cloud-amd64",
                                 "LOCALVERSION=", "KCFLAGS=-g0", "HOSTCFLAGS=-O0", NULL},
                (const char *[]){"LLVM=1", "modules", NULL});
    struct ud_kbuild_options named = native;
    named.unnamed_off = true;
    assert_argv(UD_KBUILD_RESOLVE, &named,
                (const char *[]){"KCONFIG_ALLCONFIG=.config", "allnoconfig", NULL},
                (const char *[]){"olddefconfig", NULL});
    assert_argv(UD_KBUILD_PREPARE, &native,
                (const char *[]){"modules_prepare", "CONFIG_DEBUG_INFO_BTF=", NULL},
                (const char *[]){"M=drivers/usb", NULL});
    assert_argv(UD_KBUILD_MODULES, &native, (const char *[]){"M=drivers/usb", "modules", NULL},
                (const char *[]){"KBUILD_MODPOST_WARN=1", "CONFIG_EXTENDED_MODVERSIONS=", NULL});
    assert_argv(UD_KBUILD_MODULES, &cross,
                (const char *[]){"-j1", "ARCH=arm64", "CROSS_COMPILE=aarch64-linux-gnu-", "LLVM=1",
                                 "LLVM_IAS=1", "KBUILD_MODPOST_WARN=1",
                                 "CONFIG_EXTENDED_MODVERSIONS=", NULL},
                (const char *[]){"KCFLAGS=-g0", NULL});
}

static void strips_debug_sections_only(void **state)
{
    struct ud_strv argv = {0};
    const struct ud_kbuild_options options = {.cross_prefix = "aarch64-linux-gnu-"};
    (void)state;
    ud_kbuild_strip_argv(&options, "drivers/usb/core/usbcore.ko", &argv);
    assert_string_equal(argv.items[0], "aarch64-linux-gnu-strip");
    assert_string_equal(argv.items[1], "--strip-debug");
    assert_string_equal(argv.items[2], "drivers/usb/core/usbcore.ko");
    ud_strv_done(&argv);
}

#define MODPOST                                                                                    \
    "WARNING: /usbipd/linux/Module.symvers is missing.\n"                                          \
    "         You may get many unresolved symbol errors.\n"                                        \
    "WARNING: modpost: \"kfree\" [usbcore.ko] undefined!\n"

static void the_reason_of_a_failure_is_found_among_warnings(void **state)
{
    static const struct {
        const char *log, *reason;
    } cases[] = {
        {MODPOST "a.c:57:1: error: expected expression\nmake[3]: *** [a.o] Error 1\n",
         "a.c:57:1: error: expected expression"},
        {MODPOST "make: *** No rule to make target 'x.o', needed by 'y'.  Stop.\n",
         "make: *** No rule to make target 'x.o', needed by 'y'.  Stop."},
        {MODPOST "ld: a.o: in function `f': undefined reference to `g'\nmake: *** [b] Error 1\n",
         "ld: a.o: in function `f': undefined reference to `g'"},
        {"  crypto/Kconfig:1396: can't open file \"x\"\r\nmake[1]: *** [conf] Error 1\n",
         "crypto/Kconfig:1396: can't open file \"x\""},
        {"/bin/sh: 1: bison: not found\nmake: *** [a] Error 127\n", "/bin/sh: 1: bison: not found"},
        {MODPOST "make: *** [Makefile:260: __sub-make] Error 2\n",
         "make: *** [Makefile:260: __sub-make] Error 2"},
        {"Setting up a\ndpkg: error processing package b\nE: dpkg returned 1\n",
         "dpkg: error processing package b"},
        {MODPOST
         "a.c:1: error: x\nfatal error: error writing to /tmp/a.s: No space left on device\n",
         "fatal error: error writing to /tmp/a.s: No space left on device"},
        {"FATAL: modpost: no memory\nmake: *** [x] Error 1\n", "FATAL: modpost: no memory"},
        {"  CC a.o\n\nit just ends\n\n", "it just ends"},
        {"\n", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *reason = ud_kbuild_reason(cases[i].log, strlen(cases[i].log));
        assert_string_equal(reason, cases[i].reason);
        free(reason);
    }
}

static char *genksyms_text(bool debug_info)
{
    struct ud_strv argv = {0};
    struct ud_strv sources = {0};
    const struct ud_kbuild_options options = {
        .machine = "x86_64", .release = "6.1.0", .debug_info = debug_info};
    ud_strv_add(&sources, "mm/nommu.c");
    ud_strv_add(&sources, "arch/x86/lib/getuser.S");
    ud_kbuild_genksyms_argv(&options, &sources, &argv);
    char *text = ud_strv_join(&argv, "\n");
    ud_strv_done(&sources);
    ud_strv_done(&argv);
    return text;
}

static void only_what_is_built_is_asked_for_crcs(void **state)
{
    (void)state;
    char *text = genksyms_text(false);
    assert_has(text, "\ncmd_cpp_i_c=$(if $(filter $(@:.i=.o),$(real-obj-y) ");
    assert_has(text, "genksyms/genksyms -r /dev/null >$@.crcs,");
    assert_has(text, "\ncmd_cpp_s_S=$(if $(filter $(@:.s=.o),$(real-obj-y) ");
    assert_has(text, "\nmm/nommu.i\narch/x86/lib/getuser.s");
    assert_has(text, "\nKCFLAGS=-g0\n");
    free(text);
}

static void crcs_of_debug_information_want_it_and_no_genksyms(void **state)
{
    (void)state;
    char *text = genksyms_text(true);
    assert_has(text, "\ncmd_cpp_i_c=$(if $(filter $(@:.i=.o),$(real-obj-y) ");
    assert_null(strstr(text, "genksyms/genksyms"));
    assert_null(strstr(text, "KCFLAGS"));
    free(text);
}

static void the_list_of_objects_names_sources(void **state)
{
    static const char list[] = "mm/memory.o\narch/x86/lib/getuser.o\nmm/memory.o\nmm/nommu";
    struct ud_strv sources = {0};
    struct ud_strv built = {0};
    (void)state;
    ud_strv_add(&sources, "arch/x86/lib/getuser.S");
    ud_strv_add(&sources, "mm/memory.c");
    ud_strv_add(&sources, "mm/nommu.c");
    ud_kbuild_built(&sources, list, sizeof list - 1, &built);
    char *text = ud_strv_join(&built, " ");
    assert_string_equal(text, "arch/x86/lib/getuser.S mm/memory.c");
    free(text);
    ud_strv_done(&sources);
    ud_strv_done(&built);
}

static void assert_file(char *file, const char *expected)
{
    assert_string_equal(file, expected);
    free(file);
}

static void crcs_lie_in_cmd_files_since_5_19(void **state)
{
    static const struct ud_release releases[] = {{.major = 4, .minor = 19},
                                                 {.major = 5, .minor = 18},
                                                 {.major = 5, .minor = 19},
                                                 {.major = 6}};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ud_kbuild_crcs_in_objects(&releases[i]), i < 2);
    }
    assert_file(ud_kbuild_cmd_file("arch/x86/lib/getuser.S"), "arch/x86/lib/.getuser.o.cmd");
    assert_file(ud_kbuild_object_file("arch/x86/lib/getuser.S"), "arch/x86/lib/getuser.o");
    assert_file(ud_kbuild_crc_file("mm/memory.c"), "mm/memory.i.crcs");
}

/* Two jobs would make arch/x86/lib/x.o twice at the same time. */
static void objects_are_made_one_at_a_time(void **state)
{
    struct ud_strv argv = {0};
    struct ud_strv sources = {0};
    const struct ud_kbuild_options options = {.machine = "x86_64", .release = "6.1.0", .jobs = 8};
    (void)state;
    ud_strv_add(&sources, "arch/x86/lib/putuser.S");
    ud_kbuild_objects_argv(&options, &sources, &argv);
    assert_true(ud_strv_has(&argv, "-j1"));
    assert_string_equal(argv.items[argv.len - 1], "arch/x86/lib/putuser.o");
    ud_strv_done(&sources);
    ud_strv_done(&argv);
}

static void architectures(void **state)
{
    (void)state;
    assert_string_equal(ud_kbuild_arch("aarch64"), "arm64");
    assert_string_equal(ud_kbuild_srcarch("x86_64"), "x86");
    assert_null(ud_kbuild_arch("riscv64"));
    assert_null(ud_kbuild_srcarch("riscv64"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_only_the_directories_that_are_needed),
        cmocka_unit_test(directories_of_drivers_name_just_what_is_built),
        cmocka_unit_test(commands_carry_release_and_compiler),
        cmocka_unit_test(strips_debug_sections_only),
        cmocka_unit_test(the_reason_of_a_failure_is_found_among_warnings),
        cmocka_unit_test(only_what_is_built_is_asked_for_crcs),
        cmocka_unit_test(objects_are_made_one_at_a_time),
        cmocka_unit_test(crcs_of_debug_information_want_it_and_no_genksyms),
        cmocka_unit_test(the_list_of_objects_names_sources),
        cmocka_unit_test(crcs_lie_in_cmd_files_since_5_19),
        cmocka_unit_test(architectures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
