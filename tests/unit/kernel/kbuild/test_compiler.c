#include "kernel/kbuild/compiler.h"

#include <stdlib.h>

#include "check.h"

static struct ud_compiler parse(const char *text)
{
    struct ud_compiler out;
    struct ud_error err = {0};
    if (ud_compiler_parse(text, &out, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    return out;
}

static void reads_version_texts(void **state)
{
    static const struct {
        const char *text;
        enum ud_compiler_kind kind;
        const char *vendor, *package;
        unsigned major, minor, patch;
    } cases[] = {
        {"gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0", UD_COMPILER_GCC, "Debian", "12.2.0-14+deb12u1",
         12, 2, 0},
        {"gcc (Alpine 13.2.1_git20231014) 13.2.1 20231014", UD_COMPILER_GCC, "Alpine",
         "13.2.1_git20231014", 13, 2, 1},
        {"gcc (GCC) 11.2.0", UD_COMPILER_GCC, "", "", 11, 2, 0},
        {"x86_64-msft-linux-gcc (GCC) 11.2.0", UD_COMPILER_GCC, "", "", 11, 2, 0},
        {"aarch64-linux-gnu-gcc-12 (Debian 12.2.0-14) 12.2.0", UD_COMPILER_GCC, "Debian",
         "12.2.0-14", 12, 2, 0},
        {"Ubuntu clang version 14.0.0-1ubuntu1.1", UD_COMPILER_CLANG, "Ubuntu", "14.0.0-1ubuntu1.1",
         14, 0, 0},
        {"clang version 17.0.6 (https://github.com/llvm/llvm-project 6009708b)", UD_COMPILER_CLANG,
         "", "17.0.6", 17, 0, 6},
        {"gcc (GCC) 14.0.1 20240411 (Red Hat 14.0.1-0)", UD_COMPILER_GCC, "", "", 14, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_compiler out = parse(cases[i].text);
        assert_int_equal(out.kind, cases[i].kind);
        assert_string_equal(out.vendor, cases[i].vendor);
        assert_string_equal(out.package, cases[i].package);
        assert_int_equal(out.major, cases[i].major);
        assert_int_equal(out.minor, cases[i].minor);
        assert_int_equal(out.patch, cases[i].patch);
    }
}

static void refuses_other_texts(void **state)
{
    static const char *const bad[] = {
        "", "icc 2021", "gcc (Debian 12", "gcc (Debian) x", "clang version", "gcc"};
    struct ud_compiler out;
    struct ud_error err = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(ud_compiler_parse(bad[i], &out, &err), UD_ERR_FACTS);
        assert_has(err.remedy, "--builder");
    }
}

static void finds_it_in_old_configurations_too(void **state)
{
    struct ud_config config;
    struct ud_compiler out;
    struct ud_error err = {0};
    (void)state;
    assert_ok(
        ud_config_parse("CONFIG_GCC_VERSION=80300\nCONFIG_CLANG_VERSION=0\n", 47, &config, NULL));
    assert_ok(ud_compiler_of_config(&config, NULL, &out, &err));
    assert_int_equal(out.major, 8);
    assert_int_equal(out.minor, 3);
    assert_ok(
        ud_compiler_of_config(&config, "#\n# Compiler: gcc (Alpine 9.3.0) 9.3.0\n#\n", &out, &err));
    assert_int_equal(out.major, 9);
    assert_string_equal(out.vendor, "Alpine");
    ud_config_done(&config);
    assert_ok(ud_config_parse("CONFIG_A=y\n", 11, &config, NULL));
    assert_int_equal(ud_compiler_of_config(&config, NULL, &out, &err), UD_ERR_FACTS);
    ud_config_done(&config);
}

static struct ud_builder choose(const char *compiler, const char *config_text, const char *target,
                                const char *build, const char *image)
{
    struct ud_compiler parsed = parse(compiler);
    struct ud_config config;
    struct ud_builder out;
    struct ud_error err = {0};
    assert_ok(ud_config_parse(config_text, strlen(config_text), &config, NULL));
    if (ud_builder_choose(&parsed, &config, target, build, image, &out, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    ud_config_done(&config);
    return out;
}

static void chooses_the_image_of_the_compiler(void **state)
{
    static const struct {
        const char *compiler, *image, *cc;
    } cases[] = {
        {"gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0", "debian:bookworm", "gcc-12"},
        {"x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0", "debian:trixie", "gcc-14"},
        {"gcc-10 (Debian 10.2.1-6) 10.2.1", "debian:bullseye", "gcc-10"},
        {"gcc (Alpine 13.2.1_git20231014) 13.2.1 20231014", "alpine:3.19", "gcc"},
        {"gcc (Alpine 14.2.0) 14.2.0", "alpine:3.21", "gcc"},
        {"gcc (Alpine 12.2.1_git20220924-r4) 12.2.1 20220924", "alpine:3.17", "gcc"},
        {"gcc (Alpine 8.3.0) 8.3.0", "debian:bullseye", "gcc-9"},
        {"x86_64-linux-gnu-gcc-11 (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0", "ubuntu:22.04", "gcc-11"},
        {"x86_64-msft-linux-gcc (GCC) 11.2.0", "debian:bookworm", "gcc-11"},
        {"gcc (GCC) 15.1.0", "debian:sid", "gcc-15"},
        {"x86_64-linux-gnu-gcc-16 (Debian 16.2.0-4) 16.2.0", "debian:sid", "gcc-16"},
        {"gcc (GCC) 19.1.0", "debian:sid", "gcc-16"},
        {"Debian clang version 11.0.1-2", "debian:bullseye", "clang-11"},
        {"Debian clang version 16.0.6 (15~deb12u1)", "debian:bookworm", "clang-16"},
        {"clang version 17.0.6", "debian:trixie", "clang-17"},
        {"Debian clang version 21.1.8 (1)", "debian:sid", "clang-21"},
        {"clang version 99.0.0", "debian:sid", "clang-23"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_builder out = choose(cases[i].compiler, "CONFIG_A=y\n", "x86_64", "x86_64", NULL);
        assert_string_equal(out.image, cases[i].image);
        assert_string_equal(out.cc, cases[i].cc);
        assert_string_equal(out.cross_prefix, "");
        ud_builder_done(&out);
    }
}

static void packages_follow_the_configuration(void **state)
{
    static const char config[] = "CONFIG_GCC_PLUGINS=y\nCONFIG_DEBUG_INFO_BTF=y\n";
    static const char debian[] = "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0";
    (void)state;
    struct ud_builder out = choose(debian, config, "x86_64", "x86_64", NULL);
    static const char *const needed[] = {"gcc-12",     "make",
                                         "flex",       "bison",
                                         "bc",         "perl",
                                         "python3",    "libelf-dev",
                                         "dwarves",    "libmpc-dev",
                                         "libgmp-dev", "libmpfr-dev",
                                         "g++",        "gcc-12-plugin-dev"};
    for (size_t i = 0; i < COUNT(needed); i++) {
        assert_true(ud_strv_has(&out.packages, needed[i]));
    }
    ud_builder_done(&out);
    out = choose(debian, "CONFIG_A=y\n", "x86_64", "x86_64", NULL);
    assert_false(ud_strv_has(&out.packages, "dwarves"));
    assert_false(ud_strv_has(&out.packages, "gcc-12-plugin-dev"));
    assert_false(ud_strv_has(&out.packages, "libdw-dev"));
    ud_builder_done(&out);
    out = choose(debian, "CONFIG_GENDWARFKSYMS=y\n", "x86_64", "x86_64", NULL);
    assert_true(ud_strv_has(&out.packages, "libdw-dev"));
    ud_builder_done(&out);
    out = choose("gcc (Alpine 14.2.0) 14.2.0", config, "aarch64", "aarch64", NULL);
    assert_int_equal(out.manager, UD_PM_APK);
    assert_true(ud_strv_has(&out.packages, "pahole") && ud_strv_has(&out.packages, "mpc1-dev"));
    ud_builder_done(&out);
}

static void cross_builds_use_debian(void **state)
{
    struct ud_compiler alpine = parse("gcc (Alpine 14.2.0) 14.2.0");
    struct ud_config config;
    struct ud_builder out;
    struct ud_error err = {0};
    (void)state;
    assert_ok(ud_config_parse("CONFIG_GCC_PLUGINS=y\n", 21, &config, NULL));
    assert_ok(ud_builder_choose(&alpine, &config, "aarch64", "x86_64", NULL, &out, &err));
    assert_string_equal(out.image, "debian:trixie");
    assert_string_equal(out.cc, "aarch64-linux-gnu-gcc-14");
    assert_string_equal(out.cross_prefix, "aarch64-linux-gnu-");
    assert_true(ud_strv_has(&out.packages, "gcc-14-aarch64-linux-gnu"));
    assert_true(ud_strv_has(&out.packages, "gcc-14-plugin-dev-aarch64-linux-gnu"));
    assert_true(ud_strv_has(&out.packages, "binutils-aarch64-linux-gnu"));
    ud_builder_done(&out);
    assert_int_equal(
        ud_builder_choose(&alpine, &config, "aarch64", "x86_64", "alpine:3.21", &out, &err),
        UD_ERR_USAGE);
    assert_int_equal(ud_builder_choose(&alpine, &config, "riscv64", "x86_64", NULL, &out, &err),
                     UD_ERR_USAGE);
    ud_config_done(&config);
}

static void commands_and_environment(void **state)
{
    struct ud_strv *steps;
    struct ud_strv env = {0};
    size_t count;
    (void)state;
    struct ud_builder out = choose("gcc (GCC) 12.2.0", "CONFIG_A=y\n", "x86_64", "x86_64", NULL);
    ud_builder_steps(&out, &steps, &count);
    assert_int_equal(count, 2);
    assert_string_equal(steps[0].items[0], "apt-get");
    assert_string_equal(steps[0].items[1], "update");
    assert_true(ud_strv_has(&steps[1], "--no-install-recommends"));
    assert_true(ud_strv_has(&steps[1], "gcc-12"));
    ud_builder_steps_free(steps, count);
    ud_builder_env(&out, &env);
    assert_true(ud_strv_has(&env, "DEBIAN_FRONTEND=noninteractive"));
    ud_strv_done(&env);
    ud_builder_done(&out);
    out = choose("clang version 16.0.6", "CONFIG_A=y\n", "x86_64", "x86_64", NULL);
    ud_builder_env(&out, &env);
    char *text = ud_strv_join(&env, " ");
    assert_has(text, "PATH=/usr/lib/llvm-16/bin:/usr/local/sbin");
    free(text);
    ud_strv_done(&env);
    ud_builder_done(&out);
    out = choose("gcc (GCC) 12.2.0", "CONFIG_A=y\n", "x86_64", "x86_64", "me/my-alpine:1");
    assert_int_equal(out.manager, UD_PM_APK);
    assert_string_equal(out.cc, "gcc");
    ud_builder_steps(&out, &steps, &count);
    assert_int_equal(count, 1);
    assert_string_equal(steps[0].items[0], "apk");
    ud_builder_steps_free(steps, count);
    ud_builder_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_version_texts),
        cmocka_unit_test(refuses_other_texts),
        cmocka_unit_test(finds_it_in_old_configurations_too),
        cmocka_unit_test(chooses_the_image_of_the_compiler),
        cmocka_unit_test(packages_follow_the_configuration),
        cmocka_unit_test(cross_builds_use_debian),
        cmocka_unit_test(commands_and_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
