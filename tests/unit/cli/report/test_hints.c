#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/hints.h"

static bool wants(const char *word, size_t len)
{
    return (len == 4 && strncmp(word, "load", len) == 0) ||
           (len == 5 && strncmp(word, "build", len) == 0);
}

static const struct ud_hints hints = {"--host tcp://h:1", wants};

static void commands_repeat_what_was_given(void **state)
{
    static const char *const texts[][2] = {
        {"run `usbipd-desktop load`", "run `usbipd-desktop load --host tcp://h:1`"},
        {"Run `usbipd-desktop build --for 1:2`, then load.",
         "Run `usbipd-desktop build --for 1:2 --host tcp://h:1`, then load."},
        {"usbipd-desktop build --ports 15, or less",
         "usbipd-desktop build --ports 15 --host tcp://h:1, or less"},
        {"usbipd-desktop load --input a.b", "usbipd-desktop load --input a.b --host tcp://h:1"},
        {"Run usbipd-desktop load.", "Run usbipd-desktop load --host tcp://h:1."},
        {"`usbipd-desktop load`; `usbipd-desktop build`",
         "`usbipd-desktop load --host tcp://h:1`; `usbipd-desktop build --host tcp://h:1`"},
        /* Not commands, or not with an engine. */
        {"Run `usbipd-desktop help load`.", "Run `usbipd-desktop help load`."},
        {"made by usbipd-desktop itself", "made by usbipd-desktop itself"},
        {"usbipd-desktop/helper", "usbipd-desktop/helper"},
        {"usbipd-desktop ", "usbipd-desktop "},
        {"`usbipd-desktop load", "`usbipd-desktop load --host tcp://h:1"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *completed = ud_hints_complete(texts[i][0], &hints);
        assert_string_equal(completed, texts[i][1]);
        free(completed);
        completed = ud_hints_complete(texts[i][0], NULL);
        assert_string_equal(completed, texts[i][0]);
        free(completed);
    }
}

static void options_are_for_a_shell(void **state)
{
    static const char *const options[][2] = {{"unix:///a/b.sock", "--host unix:///a/b.sock"},
                                             {"my dist", "--host 'my dist'"},
                                             {"$HOME", "--host '$HOME'"},
                                             {"", "--host ''"}};
    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        char *option = ud_hints_option("--host", options[i][0]);
        assert_string_equal(option, options[i][1]);
        free(option);
    }
}

static void an_error_without_room_stays_as_it_is(void **state)
{
    struct ud_error err = {0};
    (void)state;
    (void)ud_fail(&err, UD_ERR_USAGE, "Run `usbipd-desktop load`.", "no");
    ud_hints_complete_error(&hints, &err);
    assert_string_equal(err.remedy, "Run `usbipd-desktop load --host tcp://h:1`.");
    memset(err.remedy, 'x', sizeof err.remedy - 1);
    memcpy(err.remedy, "`usbipd-desktop load`", 21);
    ud_hints_complete_error(&hints, &err);
    assert_int_equal(strlen(err.remedy), sizeof err.remedy - 1);
    assert_int_equal(err.remedy[21], 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_repeat_what_was_given),
        cmocka_unit_test(options_are_for_a_shell),
        cmocka_unit_test(an_error_without_room_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
