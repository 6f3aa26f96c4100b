#include "kernel/config/autoconf.h"

#include <stdlib.h>

#include "check.h"

#define HEADER                                                                                     \
    "\n#define CONFIG_USB_MODULE 1\n#define CONFIG_SMP 1\n#define CONFIG_NR_CPUS 64\n"             \
    "#define CONFIG_PHYSICAL_START 0x1000000\n#define CONFIG_DEFAULT_INIT \"\"\n"                  \
    "#define CONFIG_CC_VERSION_TEXT \"gcc (a \\\"b\\\") 12\"\n#define CONFIG_BASE_SMALL 1\n"

static void make(const char *header, struct ud_buf *ret)
{
    ud_buf_init(ret, 65536);
    assert_ok(ud_autoconf_to_config(header, strlen(header), ret, NULL));
}

static void each_kind_of_option_is_made(void **state)
{
    struct ud_buf text;
    struct ud_config config;
    (void)state;
    make(HEADER, &text);
    assert_ok(ud_config_parse(text.data, text.len, &config, NULL));
    assert_int_equal(config.len, 7);
    assert_true(ud_config_is(&config, "USB", 'm'));
    assert_true(ud_config_is(&config, "SMP", 'y'));
    assert_true(ud_config_is(&config, "USB_MODULE", 'n'));
    assert_string_equal(ud_config_get(&config, "NR_CPUS"), "64");
    assert_string_equal(ud_config_get(&config, "PHYSICAL_START"), "0x1000000");
    assert_string_equal(ud_config_get(&config, "DEFAULT_INIT"), "\"\"");
    assert_string_equal(ud_config_get(&config, "CC_VERSION_TEXT"), "\"gcc (a \\\"b\\\") 12\"");
    assert_true(ud_autoconf_is_made(text.data, text.len));
    assert_false(ud_autoconf_is_made("CONFIG_A=y\n", 11));
    ud_config_done(&config);
    ud_buf_done(&text);
}

static void what_kconfig_does_not_write_is_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"", "no option"},
        {"\n\nint x;\n", "no option"},
        {"#define CONFIG_A 1\n#define B 1\n", "line 2"},
        {"#define CONFIG_A\n", "line 1"},
        {"#define CONFIG_A yes\n", "line 1"},
        {"#define CONFIG_A \"open\n", "line 1"},
        {"#define CONFIG_ 1\n", "line 1"},
        {"#include <linux/usb.h>\n", "line 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ud_buf text;
        struct ud_error err = {0};
        ud_buf_init(&text, 65536);
        assert_int_equal(ud_autoconf_to_config(bad[i].text, strlen(bad[i].text), &text, &err),
                         UD_ERR_FACTS);
        assert_non_null(strstr(err.message, bad[i].why));
        ud_buf_done(&text);
    }
}

/* kconfig takes of each pair the one that the option can have. */
static void both_meanings_of_1_are_asked(void **state)
{
    struct ud_buf text;
    size_t len = 0;
    (void)state;
    make("#define CONFIG_A 1\n#define CONFIG_B_MODULE 1\n#define CONFIG_C 17\n", &text);
    char *ask = ud_autoconf_ask(text.data, text.len, &len);
    assert_int_equal(strlen(ask), len);
    assert_non_null(strstr(ask, "# CONFIG_EMBEDDED is not set\n"));
    assert_non_null(strstr(ask, "\nCONFIG_A=1\nCONFIG_A=y\nCONFIG_B=m\nCONFIG_C=17\n"));
    free(ask);
    ud_buf_done(&text);
}

static void numbers_are_learnt(void **state)
{
    struct ud_buf text;
    struct ud_config config;
    struct ud_config answer;
    static const char answered[] = "CONFIG_SMP=y\nCONFIG_BASE_SMALL=1\nCONFIG_NR_CPUS=1\n";
    (void)state;
    make(HEADER, &text);
    assert_ok(ud_config_parse(text.data, text.len, &config, NULL));
    assert_ok(ud_config_parse(answered, sizeof answered - 1, &answer, NULL));
    ud_autoconf_learn(&config, &answer);
    assert_string_equal(ud_config_get(&config, "BASE_SMALL"), "1");
    assert_string_equal(ud_config_get(&config, "SMP"), "y");
    assert_string_equal(ud_config_get(&config, "NR_CPUS"), "64");
    ud_config_done(&answer);
    ud_config_done(&config);
    ud_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_option_is_made),
        cmocka_unit_test(what_kconfig_does_not_write_is_refused),
        cmocka_unit_test(both_meanings_of_1_are_asked),
        cmocka_unit_test(numbers_are_learnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
