#include "options/options.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/strv.h"

const struct ud_opt *ud_opts_find(const struct ud_opt *table, enum ud_token_kind kind,
                                  const char *name)
{
    for (const struct ud_opt *opt = table; opt->name != NULL; opt++) {
        if (kind == UD_TOKEN_LONG ? strcmp(opt->name, name) == 0
                                  : opt->short_name != '\0' && opt->short_name == name[0]) {
            return opt;
        }
    }
    return NULL;
}

static bool takes_value(const struct ud_opt_set *sets, size_t count, enum ud_token_kind kind,
                        const char *name)
{
    for (size_t i = 0; i < count; i++) {
        const struct ud_opt *opt = ud_opts_find(sets[i].table, kind, name);
        if (opt != NULL) {
            return opt->kind != UD_OPT_FLAG;
        }
    }
    return false;
}

static struct ud_token *options_add(struct ud_tokens *tokens, enum ud_token_kind kind, char *name)
{
    tokens->items = ud_realloc(tokens->items, tokens->count + 1, sizeof *tokens->items);
    struct ud_token *token = &tokens->items[tokens->count++];
    *token = (struct ud_token){.kind = kind, .name = name};
    return token;
}

/* The arguments still to be read, and the tables to read them by. */
struct split {
    const struct ud_opt_set *sets;
    size_t set_count;
    const char *const *args;
    size_t left;
    struct ud_tokens *tokens;
};

/* The next argument as a value. One that looks like an option is more likely
 * the next option after a forgotten value; "--name=-value" says otherwise. */
static const char *take_value(struct split *split)
{
    if (split->left == 0 || (split->args[0][0] == '-' && split->args[0][1] != '\0')) {
        return NULL;
    }
    split->left--;
    return *split->args++;
}

static void split_long(struct split *split, const char *arg)
{
    const char *equals = strchr(arg, '=');
    size_t len = equals != NULL ? (size_t)(equals - arg) : strlen(arg);
    struct ud_token *token = options_add(split->tokens, UD_TOKEN_LONG, ud_strndup(arg, len));
    if (equals != NULL) {
        token->value = equals + 1;
        token->attached = true;
    } else if (takes_value(split->sets, split->set_count, token->kind, token->name)) {
        token->value = take_value(split);
    }
}

static void split_short(struct split *split, const char *arg)
{
    for (const char *p = arg; *p != '\0'; p++) {
        struct ud_token *token = options_add(split->tokens, UD_TOKEN_SHORT, ud_strndup(p, 1));
        if (!takes_value(split->sets, split->set_count, token->kind, token->name)) {
            continue;
        }
        token->attached = p[1] != '\0';
        token->value = token->attached ? p + 1 : take_value(split);
        return;
    }
}

void ud_opts_split(const struct ud_opt_set *sets, size_t set_count, const char *const *args,
                   size_t arg_count, struct ud_tokens *ret)
{
    *ret = (struct ud_tokens){0};
    struct split split = {sets, set_count, args, arg_count, ret};
    bool only_words = false;
    while (split.left > 0) {
        const char *arg = *split.args++;
        split.left--;
        if (only_words || arg[0] != '-' || arg[1] == '\0') {
            options_add(ret, UD_TOKEN_WORD, ud_strdup(arg));
        } else if (strcmp(arg, "--") == 0) {
            only_words = true;
        } else if (arg[1] == '-') {
            split_long(&split, arg + 2);
        } else {
            split_short(&split, arg + 1);
        }
    }
}

void ud_tokens_done(struct ud_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        free(tokens->items[i].name);
    }
    free(tokens->items);
    *tokens = (struct ud_tokens){0};
}

void ud_opts_done(const struct ud_opt *table, void *target)
{
    for (const struct ud_opt *opt = table; opt->name != NULL; opt++) {
        if (opt->kind == UD_OPT_LIST) {
            ud_strv_done((struct ud_strv *)(void *)((char *)target + opt->offset));
        }
    }
}
