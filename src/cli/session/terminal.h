/* The user's terminal, or what stands in its place, as a console for a program
 * that runs elsewhere. */
#ifndef CLI_SESSION_TERMINAL_H
#define CLI_SESSION_TERMINAL_H

#include "docker/stream/console.h"
#include "platform/input.h"
#include "session/session.h"

struct ud_terminal {
    struct ud_console console; /* to be handed to the use case */
    struct ud_session *session;
    struct ud_input *input;
    struct ud_report report; /* what may be told while the console is in use */
    struct ud_app app;       /* to be given to the use case */
};

/* In place: console points into it. It is a terminal if both standard input and
 * output are one. Steps are told then only, and until it begins: without, what
 * is on standard error is the program's. */
void ud_terminal_init(struct ud_terminal *terminal, struct ud_session *session);

/* UD_ERR_USAGE with --json, which has no place where the output is a program's. */
UD_MUST_CHECK enum ud_code ud_terminal_check_options(const struct ud_session *session,
                                                     struct ud_error *err);

#endif
