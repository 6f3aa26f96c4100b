/* One run of the program, as its commands see it. */
#ifndef CLI_SESSION_SESSION_H
#define CLI_SESSION_SESSION_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "options/options.h"
#include "report/reporter.h"
#include "report/style.h"
#include "util/buf.h"
#include "util/strv.h"

enum ud_color_mode { UD_COLOR_AUTO, UD_COLOR_ALWAYS, UD_COLOR_NEVER };

/* The common options. */
struct ud_common {
    const char *host;
    const char *context;
    struct ud_endpoint_tls tls;
    const char *ca_file;
    bool json;
    unsigned progress; /* enum ud_progress_mode */
    unsigned color;    /* enum ud_color_mode */
    bool quiet;
    bool verbose;
    bool debug;
    bool help;
    bool version;
};

struct ud_session {
    struct ud_common common;
    struct ud_hints hints;
    char *given;               /* what hints.given points to */
    struct ud_style out_style; /* of the result */
    struct ud_style err_style; /* of errors */
    struct ud_buf out;         /* the result; written when the command has ended */
    bool error_told;           /* the JSON result holds the error already */
    struct ud_strv words;      /* arguments after the command */
    struct ud_reporter *reporter;
    struct ud_app app;
    int exit_code; /* of a command that ran a program of the user's and went well */
};

struct ud_engine_choice ud_session_choice(const struct ud_session *session);

/* A step has ended, well or not: tells the reporter, and passes rc on. Call it
 * right after the use case, before anything is printed. */
enum ud_code ud_session_ended(struct ud_session *session, enum ud_code rc);

/* Writes what there is of the result before the command has ended, for one that goes on. */
UD_MUST_CHECK enum ud_code ud_session_flush(struct ud_session *session, struct ud_error *err);

#endif
