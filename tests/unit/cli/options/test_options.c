#include "options/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "options/options_store.h"
#include "util/mem.h"

struct sample {
    bool flag;
    bool other;
    const char *text;
    const char *path;
    unsigned number;
    unsigned choice;
    struct ud_strv list;
};

static bool starts_with_x(const char *text)
{
    return text[0] == 'x';
}

static const char *const colors[] = {"red", "green", "blue", NULL};

static const struct ud_opt table[] = {
    {.name = "flag",
     .short_name = 'f',
     .kind = UD_OPT_FLAG,
     .offset = offsetof(struct sample, flag)},
    {.name = "other", .short_name = 'g', .offset = offsetof(struct sample, other)},
    {.name = "text",
     .short_name = 't',
     .kind = UD_OPT_TEXT,
     .offset = offsetof(struct sample, text),
     .value = "TEXT",
     .check = starts_with_x,
     .accepts = "what starts with x",
     .env = "UD_TEST_TEXT"},
    {.name = "path", .kind = UD_OPT_TEXT, .offset = offsetof(struct sample, path), .value = "PATH"},
    {.name = "number",
     .short_name = 'n',
     .kind = UD_OPT_NUMBER,
     .offset = offsetof(struct sample, number),
     .value = "N",
     .min = 2,
     .max = 15},
    {.name = "choice",
     .kind = UD_OPT_CHOICE,
     .offset = offsetof(struct sample, choice),
     .value = "C",
     .choices = colors},
    {.name = "list",
     .short_name = 'l',
     .kind = UD_OPT_LIST,
     .offset = offsetof(struct sample, list),
     .value = "ITEM"},
    {.name = NULL},
};

static const struct ud_opt foreign[] = {{.name = "foreign", .short_name = 'z'}, {.name = NULL}};

/* Reads arguments that stand in one text with blanks between them; "_" is an empty one. */
static enum ud_code parse(const char *line, struct sample *sample, char **words,
                          struct ud_opt_env *env, struct ud_error *err)
{
    char *copy = ud_strdup(line);
    const char *args[16];
    size_t count = 0;
    for (char *p = strtok(copy, " "); p != NULL; p = strtok(NULL, " ")) {
        args[count++] = strcmp(p, "_") == 0 ? "" : p;
    }
    struct ud_opt_set sets[] = {{"mine", table, sample}, {"other", foreign, NULL}};
    struct ud_tokens tokens;
    struct ud_strv list = {0};
    ud_opts_split(sets, 2, args, count, &tokens);
    for (size_t i = 0; i < tokens.count; i++) {
        if (tokens.items[i].kind == UD_TOKEN_WORD) {
            ud_strv_add(&list, tokens.items[i].name);
        }
    }
    *words = ud_strv_join(&list, " ");
    ud_strv_done(&list);
    enum ud_code rc = ud_opts_check_known(sets, 1, 2, &tokens, err);
    if (rc == UD_OK) {
        rc = ud_opts_apply(sets, 1, 2, &tokens, env, err);
    }
    /* Values point into the copy: keep what the tests look at. */
    sample->text = sample->text != NULL && env == NULL ? ud_strdup(sample->text) : NULL;
    sample->path = sample->path != NULL ? ud_strdup(sample->path) : NULL;
    ud_tokens_done(&tokens);
    free(copy);
    return rc;
}

static void release(struct sample *sample, char *words)
{
    free((void *)(uintptr_t)sample->text);
    free((void *)(uintptr_t)sample->path);
    ud_opts_done(table, sample);
    free(words);
}

static void each_way_to_write_an_option_is_understood(void **state)
{
    static const struct {
        const char *line;
        struct sample want;
        const char *words;
        const char *list;
    } cases[] = {
        {"", {0}, "", ""},
        {"--flag", {.flag = true}, "", ""},
        {"-f -f", {.flag = true}, "", ""},
        {"-fg", {.flag = true, .other = true}, "", ""},
        {"--text x1", {.text = "x1"}, "", ""},
        {"--text=x=1", {.text = "x=1"}, "", ""},
        {"-t x1", {.text = "x1"}, "", ""},
        {"-tx1", {.text = "x1"}, "", ""},
        {"-ftx1", {.flag = true, .text = "x1"}, "", ""},
        {"-fn 7", {.flag = true, .number = 7}, "", ""},
        {"-n2", {.number = 2}, "", ""},
        {"--number=15", {.number = 15}, "", ""},
        {"--choice blue", {.choice = 2}, "", ""},
        {"-l a --list=b -lc", {0}, "", "a,b,c"},
        {"one --flag two", {.flag = true}, "one two", ""},
        {"--path - -", {.path = "-"}, "-", ""},
        {"--path=-x", {.path = "-x"}, "", ""},
        {"-f -- -g --text", {.flag = true}, "-g --text", ""},
        {"--path p word", {.path = "p"}, "word", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample got = {0};
        struct ud_error err;
        char *words;
        const struct sample *want = &cases[i].want;
        assert_int_equal(parse(cases[i].line, &got, &words, NULL, &err), UD_OK);
        char *list = ud_strv_join(&got.list, ",");
        assert_string_equal(words, cases[i].words);
        assert_string_equal(list, cases[i].list);
        assert_int_equal(got.flag, want->flag);
        assert_int_equal(got.other, want->other);
        assert_int_equal(got.number, want->number);
        assert_int_equal(got.choice, want->choice);
        assert_string_equal(got.text != NULL ? got.text : "", want->text != NULL ? want->text : "");
        assert_string_equal(got.path != NULL ? got.path : "", want->path != NULL ? want->path : "");
        free(list);
        release(&got, words);
    }
}

static void mistakes_name_option_value_and_what_is_accepted(void **state)
{
    static const struct {
        const char *line;
        const char *message;
        const char *remedy;
    } cases[] = {
        {"--flga", "unknown option --flga", "Did you mean --flag?"},
        {"--qqqqqq", "unknown option --qqqqqq", ""},
        {"-q", "unknown option -q", ""},
        {"-fq", "unknown option -q", ""},
        {"--foreign", "--foreign is an option of 'other', not of 'mine'", ""},
        {"-z", "-z is an option of 'other', not of 'mine'", ""},
        {"--flag=1", "--flag takes no value", ""},
        {"--text", "--text needs a value: TEXT", ""},
        {"--text --flag", "--text needs a value: TEXT", ""},
        {"-t -f", "-t needs a value: TEXT", ""},
        {"--text --", "--text needs a value: TEXT", ""},
        {"--text=", "the value of --text is empty", ""},
        {"--path _", "the value of --path is empty", ""},
        {"--text y", "--text takes what starts with x, not 'y'", ""},
        {"--number 1", "--number takes a number from 2 to 15, not '1'", ""},
        {"--number 16", "--number takes a number from 2 to 15, not '16'", ""},
        {"-n99999999999999999999", "-n takes a number from 2 to 15, not '99999999999999999999'",
         ""},
        {"-n 4x", "-n takes a number from 2 to 15, not '4x'", ""},
        {"-n=4", "-n takes a number from 2 to 15, not '=4'", ""},
        {"--choice red --choice=pink", "--choice is given more than once", "Give it once."},
        {"--choice pink", "--choice takes red, green or blue, not 'pink'", ""},
        {"--path a --path a", "--path is given more than once", "Give it once."},
        {"-t xa --text=xb", "--text is given more than once", "Give it once."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample got = {0};
        struct ud_error err = {0};
        char *words;
        assert_int_equal(parse(cases[i].line, &got, &words, NULL, &err), UD_ERR_USAGE);
        assert_int_equal(err.code, UD_ERR_USAGE);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.remedy, cases[i].remedy);
        release(&got, words);
    }
}

static const char *env_value;

static char *fake_env(const char *name)
{
    assert_string_equal(name, "UD_TEST_TEXT");
    return env_value != NULL ? ud_strdup(env_value) : NULL;
}

static void the_environment_fills_what_was_not_given_and_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *value;
        const char *kept;
        enum ud_code rc;
    } cases[] = {
        {"", "xenv", "xenv", UD_OK},   {"--text xarg", "xenv", "", UD_OK},
        {"", "", "", UD_OK},           {"", NULL, "", UD_OK},
        {"", "bad", "", UD_ERR_USAGE}, {"--text xarg", "bad", "", UD_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample got = {0};
        struct ud_opt_env env = {.get = fake_env};
        struct ud_error err = {0};
        char *words;
        env_value = cases[i].value;
        assert_int_equal(parse(cases[i].line, &got, &words, &env, &err), cases[i].rc);
        char *kept = ud_strv_join(&env.kept, ",");
        assert_string_equal(kept, cases[i].kept);
        if (cases[i].rc != UD_OK) {
            assert_string_equal(err.message, "UD_TEST_TEXT takes what starts with x, not 'bad'");
        }
        free(kept);
        ud_strv_done(&env.kept);
        release(&got, words);
    }
}

static void what_may_hold_a_password_is_not_repeated(void **state)
{
    static const char *const refused[] = {"bob:s3cret@mirror/k", "ftp://bob:s3cret@mirror/k",
                                          "https://mirror/k?token=s3cret", "https://"};
    static const struct ud_opt mirror = {.name = "mirror",
                                         .kind = UD_OPT_TEXT,
                                         .offset = offsetof(struct sample, text),
                                         .check = ud_opt_is_base_url,
                                         .accepts = UD_OPT_BASE_URL,
                                         .secret = true};
    char name[] = "mirror";
    struct sample got = {0};
    struct ud_error err = {0};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const struct ud_token token = {.kind = UD_TOKEN_LONG, .name = name, .value = refused[i]};
        assert_int_equal(ud_opt_store(&mirror, &got, &token, &err), UD_ERR_USAGE);
        assert_string_equal(err.message, "--mirror takes " UD_OPT_BASE_URL);
    }
    const struct ud_token good = {
        .kind = UD_TOKEN_LONG, .name = name, .value = "https://bob:s3cret@mirror/k"};
    assert_int_equal(ud_opt_store(&mirror, &got, &good, &err), UD_OK);
    const struct ud_token digest = {
        .kind = UD_TOKEN_LONG, .name = name, .value = "https://bob:s3cret@h/x"};
    assert_int_equal(ud_opt_refuse(&table[2], "--text", digest.value, &err), UD_ERR_USAGE);
    assert_string_equal(err.message, "--text takes what starts with x, not 'https://h/x'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_to_write_an_option_is_understood),
        cmocka_unit_test(mistakes_name_option_value_and_what_is_accepted),
        cmocka_unit_test(what_may_hold_a_password_is_not_repeated),
        cmocka_unit_test(the_environment_fills_what_was_not_given_and_is_checked),
    };
    return cmocka_run_group_tests_name("cli.options", tests, NULL, NULL);
}
