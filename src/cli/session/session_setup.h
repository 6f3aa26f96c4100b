/* Beginning and end of a session; commands have no need of it. */
#ifndef CLI_SESSION_SESSION_SETUP_H
#define CLI_SESSION_SESSION_SETUP_H

#include "session/session.h"

/* Looks at the terminal and the environment. */
void ud_session_init(struct ud_session *session);

/* color is an enum ud_color_mode. */
void ud_session_set_styles(struct ud_session *session, unsigned color);

/* From now on each command of this program that a text names is told with the options that named
 * the engine. wants says which have these. Not with an address that may have a password in it. */
void ud_session_repeat_engine(struct ud_session *session,
                              bool (*wants)(const char *word, size_t len));

/* Makes the reporter that the common options ask for. */
void ud_session_start_reporter(struct ud_session *session);

/* Writes the result and tells the error; a result that cannot be written is an
 * error too. Returns the exit code. */
int ud_session_finish(struct ud_session *session, enum ud_code rc, struct ud_error *err);

void ud_session_done(struct ud_session *session);

#endif
