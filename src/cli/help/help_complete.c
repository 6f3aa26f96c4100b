#include "help/help.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

/* Where the word stands that is to be completed. */
struct place {
    struct ud_strv words;        /* before it, that are no options */
    const struct ud_opt *option; /* whose value it is; NULL: it is none's */
    const struct ud_command *command;
};

static const struct ud_opt *find_anywhere(const char *word)
{
    const enum ud_token_kind kind = word[1] == '-' ? UD_TOKEN_LONG : UD_TOKEN_SHORT;
    const char *name = word + (kind == UD_TOKEN_LONG ? 2 : 1);
    const struct ud_opt *opt = ud_opts_find(ud_common_options, kind, name);
    for (const struct ud_command *c = ud_commands; c->name != NULL && opt == NULL; c++) {
        opt = ud_opts_find(c->options, kind, name);
    }
    return opt;
}

static void find_place(const struct ud_strv *words, struct place *ret)
{
    size_t used = 0;
    *ret = (struct place){.option = NULL};
    for (size_t i = 0; i + 1 < words->len; i++) {
        const char *word = words->items[i];
        const bool value = ret->option != NULL;
        ret->option = NULL;
        if (value) {
            continue;
        }
        if (word[0] == '-' && word[1] != '\0') {
            const struct ud_opt *opt = find_anywhere(word);
            ret->option = opt != NULL && opt->kind != UD_OPT_FLAG ? opt : NULL;
        } else {
            ud_strv_add(&ret->words, word);
        }
    }
    ret->command = ud_command_find(&ret->words, &used);
}

/* A tab separates a word from what it means. */
static void offer_word(struct ud_buf *out, const char *prefix, const char *word,
                       const char *meaning)
{
    if (ud_str_starts(word, prefix)) {
        ud_buf_addf(out, "%s\t%s\n", word, meaning);
    }
}

static void offer_options(struct ud_buf *out, const char *prefix, const struct ud_opt *table)
{
    for (const struct ud_opt *opt = table; opt->name != NULL; opt++) {
        char *name = ud_strf("--%s", opt->name);
        offer_word(out, prefix, name, opt->help);
        free(name);
    }
}

/* The first words of commands, or after one of these the second. */
static void offer_commands(struct ud_buf *out, const char *prefix, const struct ud_strv *before)
{
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        size_t len = 0;
        const bool begins = ud_command_begins(c, &len);
        char *first = ud_strndup(c->name, len);
        if (before->len == 0 && begins) {
            offer_word(out, prefix, first, c->summary);
        } else if (before->len == 1 && c->name[len] == ' ' &&
                   strcmp(before->items[0], first) == 0) {
            offer_word(out, prefix, c->name + len + 1, c->summary);
        }
        free(first);
    }
}

static bool is_file(const struct ud_opt *opt)
{
    return strstr(opt->value, "FILE") != NULL || strstr(opt->value, "DIR") != NULL;
}

void ud_help_complete(struct ud_buf *out, const struct ud_strv *words)
{
    const char *last = words->len > 0 ? words->items[words->len - 1] : "";
    bool files = false;
    struct place place;
    find_place(words, &place);
    if (place.option != NULL) {
        for (size_t i = 0; place.option->choices != NULL && place.option->choices[i] != NULL; i++) {
            offer_word(out, last, place.option->choices[i], place.option->help);
        }
        files = is_file(place.option);
    } else if (last[0] == '-') {
        offer_options(out, last, place.command != NULL ? place.command->options : ud_no_opts);
        offer_options(out, last, ud_common_options);
    } else if (place.command == NULL) {
        offer_commands(out, last, &place.words);
    } else if (place.command->arguments == UD_ARGS_TOPIC) {
        const struct ud_strv none = {0};
        offer_commands(out, last, &none);
    } else {
        files = place.command->arguments != UD_ARGS_NONE;
    }
    ud_buf_adds(out, files ? ":0\n" : ":4\n");
    ud_strv_done(&place.words);
}
