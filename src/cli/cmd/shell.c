#include "app/shell.h"

#include <stddef.h>

#include "help/commands.h"
#include "session/terminal.h"

const struct ud_opt ud_shell_opts[] = {
    {.name = "native",
     .kind = UD_OPT_FLAG,
     .offset = offsetof(struct ud_shell_options, native),
     .help = "Go on if the engine runs on this very machine, so that it is entered itself"},
    {.name = NULL},
};

enum ud_code ud_shell_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_shell_options *o = options;
    struct ud_terminal terminal;
    UD_TRY(ud_terminal_check_options(session, err));
    o->vm = ud_session_choice(session);
    ud_terminal_init(&terminal, session);
    return ud_session_ended(session, ud_app_shell(&terminal.app, o, &session->words,
                                                  &terminal.console, &session->exit_code, err));
}
