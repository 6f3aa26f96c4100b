#include "kernel/facts/vermagic.h"

#include <stdlib.h>

#include "check.h"
#include "kernel/elf/elf.h"
#include "kernel/elf/module.h"
#include "lab.h"

static void assert_differs(const char *module, const char *kernel, const char *part)
{
    struct ud_vermagic a, b;
    struct ud_buf why;
    ud_buf_init(&why, 1000);
    ud_vermagic_parse(module, &a);
    ud_vermagic_parse(kernel, &b);
    assert_int_equal(ud_vermagic_same_flags(&a, &b, &why), part == NULL);
    assert_false(ud_vermagic_same_flags(&a, &b, NULL) != (part == NULL));
    assert_has(why.data, part != NULL ? part : "");
    ud_vermagic_done(&a);
    ud_vermagic_done(&b);
    ud_buf_done(&why);
}

static void names_what_differs(void **state)
{
    (void)state;
    assert_differs("6.1 SMP mod_unload ", "6.1 SMP mod_unload", NULL);
    assert_differs("6.1 SMP mod_unload", "6.2 SMP mod_unload", NULL);
    assert_differs("6.1 SMP mod_unload", "6.1 SMP mod_unload modversions", "lacks modversions");
    assert_differs("6.1 SMP preempt mod_unload", "6.1 SMP mod_unload", "has preempt");
    assert_differs("6.1 SMP RANDSTRUCT_PLUGIN_aa", "6.1 SMP RANDSTRUCT_PLUGIN_bb",
                   "lacks RANDSTRUCT_PLUGIN_bb");
    assert_differs("6.1 mod_unload SMP", "6.1 SMP mod_unload", "another order");
    assert_differs("", "6.1", NULL);
    assert_differs("6.1 a b", "6.1 c d", "lacks c and d, which the kernel has, and it has a and b");
}

static void expected_of(const char *text, const char *machine, const char *flags)
{
    struct ud_config config;
    struct ud_vermagic out;
    assert_ok(ud_config_parse(text, strlen(text), &config, NULL));
    ud_vermagic_expected("6.1", machine, &config, &out);
    char *joined = ud_strv_join(&out.flags, " ");
    assert_string_equal(joined, flags);
    free(joined);
    ud_vermagic_done(&out);
    ud_config_done(&config);
}

static void follows_from_the_configuration(void **state)
{
    (void)state;
    expected_of("CONFIG_SMP=y\nCONFIG_PREEMPT_BUILD=y\nCONFIG_MODULE_UNLOAD=y\n"
                "CONFIG_MODVERSIONS=y\n",
                "x86_64", "SMP preempt mod_unload modversions");
    expected_of("CONFIG_SMP=y\nCONFIG_PREEMPT_VOLUNTARY=y\nCONFIG_MODULE_UNLOAD=y\n", "aarch64",
                "SMP mod_unload aarch64");
    expected_of("CONFIG_PREEMPT_RT=y\n", "x86_64", "preempt_rt");
}

/* Every module of the lab whose release has a configuration there. */
static void real_modules_have_what_is_expected(void **state)
{
    struct ud_strv paths = {0};
    struct ud_strv configs = {0};
    size_t compared = 0;
    (void)state;
    if (!lab_find("", ".ko", &paths) || !lab_find("config", "", &configs)) {
        ud_strv_done(&paths);
        ud_strv_done(&configs);
        skip();
    }
    for (size_t i = 0; i < paths.len; i++) {
        struct lab_file file = {0}, text = {0};
        struct ud_module module;
        struct ud_vermagic mine;
        assert_true(lab_read(paths.items[i], &file));
        assert_ok(ud_module_parse(file.data, file.len, file.path, &module, NULL));
        ud_vermagic_parse(module.vermagic, &mine);
        for (size_t j = 0; j < configs.len; j++) {
            struct ud_config config;
            struct ud_vermagic expected;
            struct ud_buf why;
            if (!ud_str_ends(configs.items[j], mine.release) ||
                configs.items[j][strlen(configs.items[j]) - strlen(mine.release) - 1] != '-') {
                continue;
            }
            ud_buf_init(&why, 1000);
            assert_true(lab_read(configs.items[j], &text));
            assert_ok(ud_config_parse((char *)text.data, text.len, &config, NULL));
            ud_vermagic_expected(mine.release,
                                 module.machine == UD_EM_AARCH64 ? "aarch64" : "x86_64", &config,
                                 &expected);
            if (!ud_vermagic_same_flags(&mine, &expected, &why)) {
                fail_msg("%s: %s", file.path, why.data);
            }
            compared++;
            ud_vermagic_done(&expected);
            ud_config_done(&config);
            lab_file_done(&text);
            ud_buf_done(&why);
        }
        ud_vermagic_done(&mine);
        ud_module_done(&module);
        lab_file_done(&file);
    }
    ud_strv_done(&paths);
    ud_strv_done(&configs);
    if (compared == 0) {
        (void)fprintf(stderr, "SKIPPED: no configuration named after the release of a module\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_differs),
        cmocka_unit_test(follows_from_the_configuration),
        cmocka_unit_test(real_modules_have_what_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
