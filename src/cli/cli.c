#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "help/commands.h"
#include "help/help.h"
#include "options/options_store.h"
#include "platform/host.h"
#include "platform/term.h"
#include "plugin/plugin.h"
#include "report/jsondoc.h"
#include "session/session_setup.h"
#include "util/mem.h"

enum { COMMANDS_MAX = 40, SETS_MAX = COMMANDS_MAX + 2, ANSWER_MAX = 64 * 1024 };

/* The tables of all commands, the chosen one's in front once it is known. */
struct tables {
    struct ud_opt_set sets[SETS_MAX];
    size_t count;
};

static void add_set(struct tables *tables, const char *owner, const struct ud_opt *table,
                    void *target)
{
    if (tables->count < SETS_MAX) {
        tables->sets[tables->count++] = (struct ud_opt_set){owner, table, target};
    }
}

static void add_other_commands(struct tables *tables, const struct ud_command *chosen)
{
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        if (c != chosen) {
            add_set(tables, c->name, c->options, NULL);
        }
    }
}

static enum ud_code check_common(const struct ud_common *common, struct ud_error *err)
{
    if (common->host != NULL && common->context != NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Name the engine in one of the two ways.",
                       "--host and --context exclude each other");
    }
    if (common->quiet && (common->verbose || common->debug)) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "--quiet and %s exclude each other",
                       common->verbose ? "--verbose" : "--debug");
    }
    return UD_OK;
}

/* The words that are no options: the command's name and its arguments. */
static void take_words(struct ud_session *session, const struct ud_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->items[i].kind == UD_TOKEN_WORD) {
            ud_strv_add(&session->words, tokens->items[i].name);
        }
    }
}

/* Leaves the arguments in session->words. */
static void drop_name(struct ud_session *session, size_t used)
{
    struct ud_strv arguments = {0};
    for (size_t i = used; i < session->words.len; i++) {
        ud_strv_add(&arguments, session->words.items[i]);
    }
    ud_strv_done(&session->words);
    session->words = arguments;
}

/* Of "builder make" the first word will do. */
static bool wants_engine(const char *word, size_t len)
{
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        if (c->uses_engine && strncmp(c->name, word, len) == 0 &&
            (c->name[len] == '\0' || c->name[len] == ' ')) {
            return true;
        }
    }
    return false;
}

static enum ud_code run_command(struct ud_session *session, const struct ud_command *command,
                                void *options, struct ud_error *err)
{
    if (session->common.version) {
        return ud_version_run(session, NULL, err);
    }
    if (session->common.help && command != NULL) {
        ud_help_command(&session->out, &session->out_style, command);
        return UD_OK;
    }
    if (session->common.help) {
        struct ud_help_options help = {0};
        return ud_help_run(session, &help, err);
    }
    if (command == NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Run `usbipd-desktop help` for the list of commands.",
                       "no command was given");
    }
    UD_TRY(check_common(&session->common, err));
    if (command->uses_engine) {
        ud_app_watch_signals();
        ud_session_repeat_engine(session, wants_engine);
        ud_session_start_reporter(session);
        UD_TRY(ud_app_check_ca_file(&session->app, err));
    }
    return command->run(session, options, err);
}

/* Options that nothing knows come first among the mistakes: their values look
 * like words, and so like a command or an argument. */
static enum ud_code read_options(struct ud_session *session, const struct tables *tables,
                                 const struct ud_tokens *tokens, const struct ud_command *command,
                                 struct ud_opt_env *env, struct ud_error *err)
{
    enum { OWN_SETS = 2 };
    enum ud_code rc = ud_opts_check_known(tables->sets, OWN_SETS, tables->count, tokens, err);
    if (rc == UD_OK && session->words.len > 0 && command == NULL) {
        return ud_command_unknown(&session->words, err);
    }
    if (rc == UD_OK) {
        rc = ud_opts_apply(tables->sets, OWN_SETS, tables->count, tokens, env, err);
    }
    if (rc == UD_OK && command != NULL) {
        rc = ud_command_check_arguments(command, &session->words, err);
    }
    if (rc != UD_OK && command != NULL && err->remedy[0] == '\0') {
        ud_error_remedy(err, "Run `usbipd-desktop help %s` for its options.", command->name);
    }
    return rc;
}

static enum ud_code run_tokens(struct ud_session *session, const struct ud_tokens *tokens,
                               struct ud_error *err)
{
    size_t used = 0;
    take_words(session, tokens);
    const struct ud_command *command = ud_command_find(&session->words, &used);
    drop_name(session, used);
    const struct ud_opt *table = command != NULL ? command->options : ud_no_opts;
    struct tables tables = {0};
    struct ud_opt_env env = {.get = ud_host_env};
    void *options = ud_alloc(1, command != NULL ? command->options_size : 1);
    add_set(&tables, NULL, ud_common_options, &session->common);
    add_set(&tables, command != NULL ? command->name : NULL, table, options);
    add_other_commands(&tables, command);
    enum ud_code rc = read_options(session, &tables, tokens, command, &env, err);
    if (rc == UD_OK) {
        rc = run_command(session, command, options, err);
    }
    ud_opts_done(table, options);
    free(options);
    ud_strv_done(&env.kept);
    return rc;
}

/* Takes what is sound of the common options at once, so that even an error in
 * the command line is told as they ask for; ud_opts_apply says what is not. */
static void look_ahead(struct ud_session *session, const struct ud_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const struct ud_token *token = &tokens->items[i];
        const struct ud_opt *opt = token->kind == UD_TOKEN_WORD
                                       ? NULL
                                       : ud_opts_find(ud_common_options, token->kind, token->name);
        if (opt != NULL && ud_opt_store(opt, &session->common, token, NULL) != UD_OK) {
            continue;
        }
    }
    ud_session_set_styles(session, session->common.color);
}

static void say_fatal(const char *text)
{
    (void)fprintf(stderr, "usbipd-desktop: error: %s\n", text);
}

/* The arguments are this program's own, without its name. */
static int run_args(const char *const *args, size_t count)
{
    struct ud_session session;
    struct ud_error err = {0};
    struct tables tables = {0};
    struct ud_tokens tokens;
    ud_doc_init();
    ud_session_init(&session);
    add_set(&tables, NULL, ud_common_options, NULL);
    add_other_commands(&tables, NULL);
    ud_opts_split(tables.sets, tables.count, args, count, &tokens);
    look_ahead(&session, &tokens);
    int exit_code = ud_session_finish(&session, run_tokens(&session, &tokens, &err), &err);
    ud_tokens_done(&tokens);
    ud_session_done(&session);
    return exit_code;
}

/* What other programs ask for, on standard output. */
static int answer_other_program(enum ud_plugin_request request, const struct ud_strv *words)
{
    struct ud_buf out;
    struct ud_error err = {0};
    ud_buf_init(&out, ANSWER_MAX);
    if (request == UD_PLUGIN_DESCRIBE) {
        ud_plugin_describe(&out);
    } else {
        ud_help_complete(&out, words);
    }
    enum ud_code rc = ud_term_write(UD_TERM_OUT, out.data, out.len, &err);
    ud_buf_done(&out);
    return ud_error_exit_code(rc);
}

/* As `docker usb`. */
static int run_plugin(const char *const *args, size_t count)
{
    struct ud_plugin_call call = {0};
    struct ud_error err = {0};
    int exit_code = 0;
    if (ud_plugin_translate(args, count, &call, &err) != UD_OK) {
        (void)fprintf(stderr, "usbipd-desktop: error: %s\n%s\n", err.message, err.remedy);
        exit_code = ud_error_exit_code(UD_ERR_USAGE);
    } else if (call.request != UD_PLUGIN_RUN) {
        exit_code = answer_other_program(call.request, &call.args);
    } else {
        if (call.config_dir != NULL) {
            ud_host_set_env("DOCKER_CONFIG", call.config_dir);
        }
        exit_code = run_args((const char *const *)call.args.items, call.args.len);
    }
    ud_plugin_call_done(&call);
    return exit_code;
}

int ud_cli_main(int argc, char **argv)
{
    ud_fatal_set(say_fatal);
    const char *const *args = (const char *const *)argv + 1;
    const size_t count = argc > 0 ? (size_t)argc - 1 : 0;
    if (argc > 0 && ud_plugin_is_name(argv[0])) {
        return run_plugin(args, count);
    }
    if (count > 0 && strcmp(args[0], UD_HELP_COMPLETE) == 0) {
        struct ud_strv words = {0};
        for (size_t i = 1; i < count; i++) {
            ud_strv_add(&words, args[i]);
        }
        const int exit_code = answer_other_program(UD_PLUGIN_COMPLETE, &words);
        ud_strv_done(&words);
        return exit_code;
    }
    return run_args(args, count);
}
