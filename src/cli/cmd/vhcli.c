#include <stddef.h>

#include "app/vhcli/vhcli.h"
#include "help/commands.h"
#include "report/jsondoc.h"
#include "session/terminal.h"
#include "show/show.h"

const struct ud_opt ud_vhcli_start_opts[] = {
    {.name = "input",
     .kind = UD_OPT_TEXT,
     .offset = offsetof(struct ud_vhcli_start_options, input),
     .value = "DIR",
     .help = "Where modules are that the image lacks, as for load (default: dist)"},
    {.name = "native",
     .kind = UD_OPT_FLAG,
     .offset = offsetof(struct ud_vhcli_start_options, native),
     .help = "Go on if the engine runs on this very machine, so that the kernel is this one's"},
    {.name = NULL},
};

const struct ud_opt ud_vhcli_logs_opts[] = {
    {.name = "follow",
     .short_name = 'f',
     .kind = UD_OPT_FLAG,
     .offset = offsetof(struct ud_vhcli_logs_options, follow),
     .help = "Go on with what it writes, until it ends"},
    {.name = NULL},
};

static const char *vhcli_argument(const struct ud_session *session)
{
    return session->words.len > 0 ? session->words.items[0] : NULL;
}

enum ud_code ud_vhcli_start_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_vhcli_start_options *o = options;
    struct ud_vhcli_started started = {0};
    o->vm = ud_session_choice(session);
    o->image = vhcli_argument(session);
    UD_TRY(ud_session_ended(session, ud_app_vhcli_start(&session->app, o, &started, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_vhcli_started(document, &started);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_vhcli_started(&page, &started);
    }
    ud_vhcli_started_done(&started);
    return UD_OK;
}

enum ud_code ud_vhcli_stop_run(struct ud_session *session, void *options, struct ud_error *err)
{
    const struct ud_engine_choice choice = ud_session_choice(session);
    bool was_there = false;
    (void)options;
    UD_TRY(ud_session_ended(session, ud_app_vhcli_stop(&session->app, &choice, &was_there, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_text(document, "container", UD_VHCLI_CONTAINER);
        ud_doc_bool(document, "stopped", was_there);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_vhcli_stopped(&page, was_there);
    }
    return UD_OK;
}

/* What the following print is the client's own, as it comes. */

enum ud_code ud_vhcli_logs_run(struct ud_session *session, void *options, struct ud_error *err)
{
    const struct ud_vhcli_logs_options *o = options;
    const struct ud_engine_choice choice = ud_session_choice(session);
    struct ud_terminal terminal;
    UD_TRY(ud_terminal_check_options(session, err));
    ud_terminal_init(&terminal, session);
    return ud_session_ended(session, ud_app_vhcli_logs(&terminal.app, &choice, o->follow,
                                                       &terminal.console.out,
                                                       &terminal.console.errout, err));
}

enum ud_code ud_vhcli_command_run(struct ud_session *session, void *options, struct ud_error *err)
{
    const struct ud_engine_choice choice = ud_session_choice(session);
    struct ud_terminal terminal;
    (void)options;
    UD_TRY(ud_terminal_check_options(session, err));
    ud_terminal_init(&terminal, session);
    return ud_session_ended(session,
                            ud_app_vhcli_command(&terminal.app, &choice, vhcli_argument(session),
                                                 &terminal.console.out, &terminal.console.errout,
                                                 &session->exit_code, err));
}

enum ud_code ud_vhcli_exec_run(struct ud_session *session, void *options, struct ud_error *err)
{
    const struct ud_engine_choice choice = ud_session_choice(session);
    struct ud_terminal terminal;
    (void)options;
    UD_TRY(ud_terminal_check_options(session, err));
    ud_terminal_init(&terminal, session);
    return ud_session_ended(session,
                            ud_app_vhcli_exec(&terminal.app, &choice, &session->words,
                                              &terminal.console, &session->exit_code, err));
}
