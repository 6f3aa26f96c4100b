/* The seed of randomized structure layouts: where it is read, and put. */
#include "kernel/kbuild/layout_seed.h"

#include "check.h"

#define SEED "0123456789abcdef00112233445566778899aabbccddeeff0123456789abcdef"

static void the_options_of_all_kernels_are_known(void **state)
{
    static const char *const on[] = {"CONFIG_GCC_PLUGIN_RANDSTRUCT=y\n", "CONFIG_RANDSTRUCT=y\n",
                                     "CONFIG_RANDSTRUCT_FULL=y\n",
                                     "CONFIG_RANDSTRUCT_PERFORMANCE=y\n"};
    struct ud_config config;
    (void)state;
    for (size_t i = 0; i < COUNT(on); i++) {
        assert_ok(ud_config_parse(on[i], strlen(on[i]), &config, NULL));
        assert_has(on[i], ud_config_randstruct_option(&config));
        ud_config_done(&config);
    }
    assert_ok(ud_config_parse("CONFIG_RANDSTRUCT_NONE=y\n", 25, &config, NULL));
    assert_null(ud_config_randstruct_option(&config));
    ud_config_done(&config);
}

static void expect_seed(const char *text)
{
    char seed[UD_LAYOUT_SEED_SIZE] = "";
    assert_ok(ud_layout_seed_parse(text, strlen(text), "it", seed, NULL));
    assert_string_equal(seed, SEED);
}

static void both_forms_are_read(void **state)
{
    (void)state;
    assert_true(ud_layout_seed_is_place("scripts/basic/randstruct.seed"));
    assert_true(ud_layout_seed_is_place("scripts/gcc-plugins/randomize_layout_seed.h"));
    assert_false(ud_layout_seed_is_place("scripts/basic/Makefile"));
    expect_seed(SEED);
    expect_seed(SEED "\n");
    expect_seed("/*\n * Generated. Keep it private.\n */\n"
                "const char *randstruct_seed = \"" SEED "\";\n");
}

static void what_is_no_seed_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "0123456789abcdef\n",
                                        SEED "0\n",
                                        "const char *randstruct_seed = \"$(id)\";\n",
                                        "'; touch /tmp/x; '\n",
                                        "x" SEED "\n"};
    char seed[UD_LAYOUT_SEED_SIZE] = "";
    struct ud_error err = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(ud_layout_seed_parse(texts[i], strlen(texts[i]), "a/file", seed, &err),
                         UD_ERR_UNFIT);
        assert_has(err.message, "a/file");
        assert_has(err.remedy, "randstruct.seed");
    }
}

static void its_hash_is_in_vermagic(void **state)
{
    char hash[UD_LAYOUT_SEED_SIZE];
    (void)state;
    ud_layout_seed_hash("6.1.1 SMP mod_unload RANDSTRUCT_" SEED, hash);
    assert_string_equal(hash, SEED);
    ud_layout_seed_hash("5.15.1 SMP mod_unload RANDSTRUCT_PLUGIN_" SEED " ", hash);
    assert_string_equal(hash, SEED);
    ud_layout_seed_hash("6.1.1 SMP mod_unload modversions", hash);
    assert_string_equal(hash, "");
    ud_layout_seed_hash("6.1.1 RANDSTRUCT_PLUGIN_short", hash);
    assert_string_equal(hash, "");
}

static void the_scripts_give_this_seed(void **state)
{
    struct ud_kbuild_files files;
    (void)state;
    ud_layout_seed_files(SEED, &files);
    assert_int_equal(files.len, 2);
    assert_string_equal(files.items[0].path, "scripts/gen-randstruct-seed.sh");
    assert_has(files.items[0].text, "echo '" SEED "' >\"$1\"");
    assert_has(files.items[0].text, "RANDSTRUCT_HASHED_SEED");
    assert_string_equal(files.items[1].path, "scripts/gcc-plugins/gen-random-seed.sh");
    assert_has(files.items[1].text, "echo 'const char *randstruct_seed = \"" SEED "\";' >\"$1\"");
    ud_kbuild_files_done(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_options_of_all_kernels_are_known),
        cmocka_unit_test(both_forms_are_read),
        cmocka_unit_test(what_is_no_seed_is_refused),
        cmocka_unit_test(its_hash_is_in_vermagic),
        cmocka_unit_test(the_scripts_give_this_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
