#include "help/commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "options/suggest.h"

static void suggestions_are_near_or_absent(void **state)
{
    static const struct {
        const char *word;
        const char *best;
    } cases[] = {
        {"biuld", "build"},
        {"bulid", "build"},
        {"b", NULL},
        {"bu", "build"},
        {"lod", "load"},
        {"unlaod", "unload"},
        {"stauts", "status"},
        {"frobnicate", NULL},
        {"", NULL},
        {"hepl", "help"},
        {"versions", "version"},
        {"BUILD", NULL},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ud_suggest suggest = {.word = cases[i].word};
        for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
            ud_suggest_offer(&suggest, c->name);
        }
        if (cases[i].best == NULL) {
            assert_null(suggest.best);
        } else {
            assert_non_null(suggest.best);
            assert_string_equal(suggest.best, cases[i].best);
        }
    }
}

static void unknown_commands_are_usage_errors_with_a_remedy(void **state)
{
    struct ud_error err;
    struct ud_strv words = {0};
    (void)state;
    ud_strv_add(&words, "biuld");
    assert_int_equal(ud_command_unknown(&words, &err), UD_ERR_USAGE);
    assert_string_equal(err.message, "unknown command 'biuld'");
    assert_string_equal(err.remedy, "Did you mean `usbipd-desktop build`?");
    ud_strv_done(&words);
    ud_strv_add(&words, "zzzzzz");
    assert_int_equal(ud_command_unknown(&words, &err), UD_ERR_USAGE);
    assert_string_equal(err.remedy, "Run `usbipd-desktop help` for the list of commands.");
    ud_strv_done(&words);
}

static void check_option(const struct ud_opt *opt)
{
    assert_non_null(opt->help);
    assert_true((opt->kind == UD_OPT_FLAG) == (opt->value == NULL));
    assert_true((opt->kind == UD_OPT_CHOICE) == (opt->choices != NULL));
    assert_true((opt->check == NULL) == (opt->accepts == NULL));
    assert_true(opt->kind != UD_OPT_NUMBER || opt->min < opt->max);
    /* Help adds the full stop where one belongs. */
    assert_true(opt->help[strlen(opt->help) - 1] != '.');
}

/* Options may stand before the command, so whether a name takes a value must
 * not depend on the command. */
static bool is_same_kind(enum ud_opt_kind a, enum ud_opt_kind b)
{
    /* Each value of a list is one of a text. */
    bool text = a == UD_OPT_TEXT || a == UD_OPT_LIST;
    return a == b || (text && (b == UD_OPT_TEXT || b == UD_OPT_LIST));
}

static void check_consistent(const struct ud_opt *opt)
{
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        const struct ud_opt *twin = ud_opts_find(c->options, UD_TOKEN_LONG, opt->name);
        char letter[2] = {opt->short_name, '\0'};
        assert_true(twin == NULL ||
                    (is_same_kind(twin->kind, opt->kind) && twin->short_name == letter[0]));
        twin = letter[0] != '\0' ? ud_opts_find(c->options, UD_TOKEN_SHORT, letter) : NULL;
        assert_true(twin == NULL || is_same_kind(twin->kind, opt->kind)); /* attach -a, detach -a */
    }
}

static void the_table_is_complete_and_consistent(void **state)
{
    (void)state;
    for (const struct ud_opt *opt = ud_common_options; opt->name != NULL; opt++) {
        check_option(opt);
        check_consistent(opt);
    }
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        assert_non_null(c->summary);
        assert_true(strncmp(c->synopsis, c->name, strlen(c->name)) == 0);
        assert_non_null(c->description[0]);
        assert_non_null(c->examples);
        assert_true(c->options_size > 0);
        assert_non_null(c->run);
        for (const struct ud_opt *opt = c->options; opt->name != NULL; opt++) {
            check_option(opt);
            check_consistent(opt);
            assert_null(ud_opts_find(ud_common_options, UD_TOKEN_LONG, opt->name));
            assert_true(opt->offset < c->options_size);
        }
    }
}

static void each_exit_code_is_explained(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct ud_meaning *m = ud_exit_meanings; m->name != NULL; m++, count++) {
        enum ud_code code = (enum ud_code)count;
        char number[16];
        (void)snprintf(number, sizeof number, "%d", ud_error_exit_code(code));
        assert_string_equal(m->name, number);
        if (code != UD_OK) {
            assert_memory_equal(m->meaning, ud_error_name(code), strlen(ud_error_name(code)));
        }
    }
    assert_int_equal(count, UD_CODE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suggestions_are_near_or_absent),
        cmocka_unit_test(unknown_commands_are_usage_errors_with_a_remedy),
        cmocka_unit_test(the_table_is_complete_and_consistent),
        cmocka_unit_test(each_exit_code_is_explained),
    };
    return cmocka_run_group_tests_name("cli.commands", tests, NULL, NULL);
}
