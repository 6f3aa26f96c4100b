/* Asks the person at the terminal which device is meant. */
#ifndef CLI_SESSION_CHOOSER_H
#define CLI_SESSION_CHOOSER_H

#include "app/up/up.h"
#include "platform/input.h"
#include "session/menu.h"
#include "session/session.h"

struct ud_chooser {
    struct ud_up_chooser chooser; /* to be handed to the use case */
    struct ud_session *session;
    struct ud_input *input;
    struct ud_strv lines;
    struct ud_menu menu;
    bool draws; /* the list again after each key; else a number and Enter are typed */
};

/* In place: chooser points into it. False if nobody can be asked: standard input or standard
 * error is no terminal, or the result is for a program. */
bool ud_chooser_init(struct ud_chooser *chooser, struct ud_session *session);

#endif
