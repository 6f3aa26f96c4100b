#include "kernel/config/config.h"

#include <stdlib.h>

#include "check.h"
#include "lab.h"

static struct ud_config parse(const char *text)
{
    struct ud_config out;
    assert_ok(ud_config_parse(text, strlen(text), &out, NULL));
    return out;
}

static void reads_each_kind_of_value(void **state)
{
    (void)state;
    struct ud_config config =
        parse("#\n# Automatically generated\n#\n"
              "CONFIG_USB=m\n# CONFIG_USB_PCI is not set\r\n"
              "CONFIG_SMP=y\nCONFIG_NR_CPUS=64\nCONFIG_BASE=0xffff0000\n"
              "CONFIG_NEG=-1\nCONFIG_EMPTY=\nCONFIG_LOCALVERSION=\"-a\\\"b\"\n\n");
    assert_int_equal(config.len, 8);
    assert_string_equal(ud_config_get(&config, "EMPTY"), "");
    assert_true(ud_config_is(&config, "USB", 'm'));
    assert_true(ud_config_on(&config, "SMP"));
    assert_true(ud_config_is(&config, "USB_PCI", 'n'));
    assert_true(ud_config_is(&config, "ABSENT", 'n'));
    assert_false(ud_config_on(&config, "ABSENT"));
    assert_string_equal(ud_config_get(&config, "NR_CPUS"), "64");
    assert_null(ud_config_get(&config, "ABSENT"));
    char *text = ud_config_string(&config, "LOCALVERSION");
    assert_string_equal(text, "-a\"b");
    free(text);
    assert_null(ud_config_string(&config, "SMP"));
    ud_config_done(&config);
    ud_config_done(&config);
}

static void last_of_two_counts(void **state)
{
    (void)state;
    struct ud_config config = parse("CONFIG_A=y\nCONFIG_B=m\n# CONFIG_A is not set\n");
    assert_int_equal(config.len, 2);
    assert_true(ud_config_is(&config, "A", 'n'));
    ud_config_done(&config);
}

static void names_the_line_that_is_wrong(void **state)
{
    static const struct {
        const char *text, *line, *why;
    } bad[] = {
        {"CONFIG_A=y\nhello\n", "line 2", "neither"},
        {"CONFIG_A=y\nCONFIG_B\n", "line 2", "no `=`"},
        {"CONFIG_A=maybe\n", "line 1", "not y, m, n"},
        {"CONFIG_A=\"open\n", "line 1", "double quotes"},
        {"CONFIG_A=\"a\"b\"\n", "line 1", "double quotes"},
        {"CONFIG_A=0x\n", "line 1", "number"},
        {"CONFIG_=y\n", "line 1", "no option name"},
        {"CONFIG_A=\"\x1b[2J\"\n", "line 1", "control"},
        {"", "no option", "no option"},
        {"# nothing\n", "no option", "no option"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ud_config config;
        struct ud_error err = {0};
        assert_int_equal(ud_config_parse(bad[i].text, strlen(bad[i].text), &config, &err),
                         UD_ERR_FACTS);
        assert_has(err.message, bad[i].line);
        assert_has(err.message, bad[i].why);
    }
}

static void edits_replace_in_place_or_append(void **state)
{
    static const char text[] = "# head\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_A=m\nCONFIG_C=1";
    struct ud_config_edits edits = {0};
    (void)state;
    ud_config_edits_set(&edits, "A", "n");
    ud_config_edits_set(&edits, "B", "y");
    ud_config_edits_set(&edits, "B", "m");
    ud_config_edits_set(&edits, "NEW", "8");
    size_t len;
    char *out = ud_config_apply(text, strlen(text), &edits, &len);
    assert_string_equal(out,
                        "# head\nCONFIG_B=m\n# CONFIG_A is not set\nCONFIG_C=1\nCONFIG_NEW=8\n");
    assert_int_equal(len, strlen(out));
    free(out);
    assert_string_equal(ud_config_edits_get(&edits, "B"), "m");
    assert_null(ud_config_edits_get(&edits, "C"));
    ud_config_edits_done(&edits);
}

static void reads_an_argument(void **state)
{
    static const char *const bad[] = {
        "USB=m",       "CONFIG_USB", "CONFIG_USB=",           "CONFIG_USB=x",
        "# a comment", "",           "CONFIG_A=y\nCONFIG_B=y"};
    struct ud_config_edits edits = {0};
    struct ud_error err = {0};
    (void)state;
    assert_ok(ud_config_edits_parse(&edits, "CONFIG_USB_SERIAL=m", &err));
    assert_ok(ud_config_edits_parse(&edits, "# CONFIG_USB is not set", &err));
    assert_string_equal(ud_config_edits_get(&edits, "USB_SERIAL"), "m");
    assert_string_equal(ud_config_edits_get(&edits, "USB"), "n");
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(ud_config_edits_parse(&edits, bad[i], &err), UD_ERR_USAGE);
        assert_has(err.remedy, "CONFIG_");
    }
    assert_int_equal(edits.len, 2);
    ud_config_edits_done(&edits);
}

static void reads_a_fragment_and_names_its_line(void **state)
{
    static const char good[] = "# mine\n\nCONFIG_A=y\nCONFIG_B=\"x y\"\n";
    static const char bad[] = "CONFIG_A=y\nCONFIG_B = y\n";
    struct ud_config_edits edits = {0};
    struct ud_error err = {0};
    (void)state;
    assert_ok(ud_config_edits_parse_fragment(&edits, good, strlen(good), "my.config", &err));
    assert_int_equal(edits.len, 2);
    assert_int_equal(ud_config_edits_parse_fragment(&edits, bad, strlen(bad), "my.config", &err),
                     UD_ERR_USAGE);
    assert_has(err.message, "my.config: line 2");
    ud_config_edits_done(&edits);
}

static void compares(void **state)
{
    struct ud_config a = parse("CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D=1\n");
    struct ud_config b = parse("CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_D=2\nCONFIG_E=y\n"
                               "# CONFIG_F is not set\n");
    struct ud_config_changes changes;
    (void)state;
    ud_config_compare(&a, &b, &changes);
    assert_int_equal(changes.len, 3);
    assert_string_equal(changes.items[0].name, "B");
    assert_string_equal(changes.items[0].before, "m");
    assert_string_equal(changes.items[0].after, "n");
    assert_string_equal(changes.items[1].name, "D");
    assert_string_equal(changes.items[2].name, "E");
    assert_null(changes.items[2].before);
    ud_config_changes_done(&changes);
    ud_config_done(&a);
    ud_config_done(&b);
}

static void reads_real_configurations(void **state)
{
    struct ud_strv paths = {0};
    (void)state;
    if (!lab_find("config", "", &paths)) {
        ud_strv_done(&paths);
        skip();
    }
    for (size_t i = 0; i < paths.len; i++) {
        struct lab_file file = {0};
        struct ud_config config;
        struct ud_error err = {0};
        size_t len;
        const struct ud_config_edits none = {0};
        assert_true(lab_read(paths.items[i], &file));
        if (ud_config_parse((char *)file.data, file.len, &config, &err) != UD_OK) {
            fail_msg("%s: %s", file.path, err.message);
        }
        assert_true(config.len > 100);
        char *same = ud_config_apply((char *)file.data, file.len, &none, &len);
        assert_string_equal(same, (char *)file.data);
        free(same);
        ud_config_done(&config);
        lab_file_done(&file);
    }
    ud_strv_done(&paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_kind_of_value),
        cmocka_unit_test(last_of_two_counts),
        cmocka_unit_test(names_the_line_that_is_wrong),
        cmocka_unit_test(edits_replace_in_place_or_append),
        cmocka_unit_test(reads_an_argument),
        cmocka_unit_test(reads_a_fragment_and_names_its_line),
        cmocka_unit_test(compares),
        cmocka_unit_test(reads_real_configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
