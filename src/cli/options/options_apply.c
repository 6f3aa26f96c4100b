#include "options/options.h"

#include <stdlib.h>

#include "options/options_store.h"
#include "options/suggest.h"

static const struct ud_opt *find_in(const struct ud_opt_set *sets, size_t count,
                                    const struct ud_token *token, void **ret_target)
{
    for (size_t i = 0; i < count; i++) {
        const struct ud_opt *opt = ud_opts_find(sets[i].table, token->kind, token->name);
        if (opt != NULL) {
            *ret_target = sets[i].target;
            return opt;
        }
    }
    return NULL;
}

static enum ud_code options_apply_unknown(const struct ud_opt_set *sets, size_t set_count,
                                          size_t all_count, const struct ud_token *token,
                                          struct ud_error *err)
{
    /* Without a command it may have been meant for any. */
    size_t count = sets[set_count - 1].owner != NULL ? set_count : all_count;
    struct ud_suggest suggest = {.word = token->name};
    for (size_t i = 0; i < count && token->kind == UD_TOKEN_LONG; i++) {
        for (const struct ud_opt *opt = sets[i].table; opt->name != NULL; opt++) {
            ud_suggest_offer(&suggest, opt->name);
        }
    }
    enum ud_code rc =
        ud_fail(err, UD_ERR_USAGE, NULL, "unknown option %s", ud_opt_show(token).text);
    if (suggest.best != NULL) {
        ud_error_remedy(err, "Did you mean --%s?", suggest.best);
    }
    return rc;
}

enum ud_code ud_opts_check_known(const struct ud_opt_set *sets, size_t set_count, size_t all_count,
                                 const struct ud_tokens *tokens, struct ud_error *err)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const struct ud_token *token = &tokens->items[i];
        void *target;
        if (token->kind != UD_TOKEN_WORD && find_in(sets, all_count, token, &target) == NULL) {
            return options_apply_unknown(sets, set_count, all_count, token, err);
        }
    }
    return UD_OK;
}

static enum ud_code not_of_command(const struct ud_opt_set *sets, size_t set_count,
                                   size_t all_count, const struct ud_token *token,
                                   struct ud_error *err)
{
    const char *command = sets[set_count - 1].owner;
    const char *owner = "another command";
    for (size_t i = all_count; i > set_count; i--) {
        if (ud_opts_find(sets[i - 1].table, token->kind, token->name) != NULL) {
            owner = sets[i - 1].owner;
        }
    }
    if (command == NULL) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s needs a command, such as '%s'",
                       ud_opt_show(token).text, owner);
    }
    return ud_fail(err, UD_ERR_USAGE, NULL, "%s is an option of '%s', not of '%s'",
                   ud_opt_show(token).text, owner, command);
}

/* Was the option that tokens[at] names given before? */
static bool given_before(const struct ud_opt_set *sets, size_t count,
                         const struct ud_tokens *tokens, size_t at, const struct ud_opt *opt)
{
    void *target;
    for (size_t i = 0; i < at; i++) {
        const struct ud_token *token = &tokens->items[i];
        if (token->kind != UD_TOKEN_WORD && find_in(sets, count, token, &target) == opt) {
            return true;
        }
    }
    return false;
}

static enum ud_code store_one_from(struct ud_opt_env *env, const struct ud_opt *opt,
                                   const char *value, const char **at, struct ud_error *err)
{
    if (opt->check != NULL && !opt->check(value)) {
        return ud_opt_refuse(opt, opt->env, value, err);
    }
    ud_strv_add(&env->kept, value);
    *at = env->kept.items[env->kept.len - 1];
    return UD_OK;
}

static enum ud_code store_environment(const struct ud_opt_set *set, struct ud_opt_env *env,
                                      struct ud_error *err)
{
    for (const struct ud_opt *opt = set->table; opt->name != NULL; opt++) {
        if (opt->env == NULL || opt->kind != UD_OPT_TEXT) {
            continue;
        }
        const char **at = ud_opt_field(opt, set->target);
        char *value = *at == NULL ? env->get(opt->env) : NULL;
        enum ud_code rc = UD_OK;
        if (value != NULL && value[0] != '\0') {
            rc = store_one_from(env, opt, value, at, err);
        }
        free(value);
        UD_TRY(rc);
    }
    return UD_OK;
}

enum ud_code ud_opts_apply(const struct ud_opt_set *sets, size_t set_count, size_t all_count,
                           const struct ud_tokens *tokens, struct ud_opt_env *env,
                           struct ud_error *err)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const struct ud_token *token = &tokens->items[i];
        void *target;
        if (token->kind == UD_TOKEN_WORD) {
            continue;
        }
        const struct ud_opt *opt = find_in(sets, set_count, token, &target);
        if (opt == NULL) {
            return not_of_command(sets, set_count, all_count, token, err);
        }
        bool once = opt->kind != UD_OPT_FLAG && opt->kind != UD_OPT_LIST;
        if (once && given_before(sets, set_count, tokens, i, opt)) {
            return ud_fail(err, UD_ERR_USAGE, "Give it once.", "%s is given more than once",
                           ud_opt_show(token).text);
        }
        UD_TRY(ud_opt_store(opt, target, token, err));
    }
    for (size_t i = 0; i < set_count && env != NULL; i++) {
        UD_TRY(store_environment(&sets[i], env, err));
    }
    return UD_OK;
}
