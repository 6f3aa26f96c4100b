#include "session/session.h"

#include <stdlib.h>
#include <string.h>

#include "platform/host.h"
#include "platform/term.h"
#include "report/errors.h"
#include "session/session_setup.h"
#include "util/mem.h"
#include "util/str.h"

enum { UNKNOWN_WIDTH = 80, OUT_MAX = 32 * 1024 * 1024 };

struct ud_engine_choice ud_session_choice(const struct ud_session *session)
{
    const struct ud_common *common = &session->common;
    return (struct ud_engine_choice){common->host, common->context, common->tls};
}

enum ud_code ud_session_ended(struct ud_session *session, enum ud_code rc)
{
    ud_reporter_close(session->reporter, rc != UD_OK);
    return rc;
}

static bool env_is_set(const char *name)
{
    char *value = ud_host_env(name);
    bool set = value != NULL && value[0] != '\0';
    free(value);
    return set;
}

/* The first of these variables that is set decides, as in setlocale(3). */
static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    if (ud_str_equal_nocase(ud_host_os(), "windows")) {
        return true; /* ud_term_init has seen to that */
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (env_is_set(names[i])) {
            char *value = ud_host_env(names[i]);
            for (char *p = value; *p != '\0'; p++) {
                if (ud_str_equal_nocase(p, "utf-8") || ud_str_equal_nocase(p, "utf8")) {
                    free(value);
                    return true;
                }
            }
            free(value);
            return false;
        }
    }
    return false;
}

static struct ud_style style_of(enum ud_term_stream stream, unsigned color)
{
    bool terminal = ud_term_has_escapes(stream);
    bool automatic = color == UD_COLOR_AUTO && terminal && !env_is_set("NO_COLOR");
    struct ud_style style = {
        .color = automatic || color == UD_COLOR_ALWAYS,
        .utf8 = locale_is_utf8(),
        .width = ud_term_is_tty(stream) ? ud_term_width(stream) : 0,
    };
    return style;
}

void ud_session_init(struct ud_session *session)
{
    *session = (struct ud_session){0};
    ud_buf_init(&session->out, OUT_MAX);
    ud_session_set_styles(session, UD_COLOR_AUTO);
}

void ud_session_set_styles(struct ud_session *session, unsigned color)
{
    session->out_style = style_of(UD_TERM_OUT, color);
    session->err_style = style_of(UD_TERM_ERR, color);
    if (session->out_style.width == 0) {
        session->out_style.width = UNKNOWN_WIDTH;
    }
}

void ud_session_repeat_engine(struct ud_session *session,
                              bool (*wants)(const char *word, size_t len))
{
    const struct ud_common *common = &session->common;
    if (common->host != NULL && strchr(common->host, '@') == NULL) {
        session->given = ud_hints_option("--host", common->host);
    } else if (common->context != NULL) {
        session->given = ud_hints_option("--context", common->context);
    }
    session->hints = (struct ud_hints){session->given, wants};
    session->out_style.hints = session->err_style.hints = &session->hints;
}

static void write_stderr(void *ctx, const char *data, size_t len)
{
    (void)ctx;
    if (ud_term_write(UD_TERM_ERR, data, len, NULL) != UD_OK) {
        /* There is no place left to say so; the result and the exit code still tell. */
        return;
    }
}

static enum ud_report_level least_level(const struct ud_common *common)
{
    if (common->debug) {
        return UD_REPORT_DEBUG;
    }
    if (common->verbose) {
        return UD_REPORT_DETAIL;
    }
    return common->quiet ? UD_REPORT_WARN : UD_REPORT_NOTE;
}

void ud_session_start_reporter(struct ud_session *session)
{
    const struct ud_common *common = &session->common;
    struct ud_reporter_options options = {
        .mode = (enum ud_progress_mode)common->progress,
        .style = session->err_style,
        .least = least_level(common),
        .steps = !common->quiet,
        .write = write_stderr,
        .now_ms = ud_host_now_ms,
    };
    if (options.mode == UD_PROGRESS_AUTO) {
        options.mode = ud_term_has_escapes(UD_TERM_ERR) ? UD_PROGRESS_TTY : UD_PROGRESS_PLAIN;
    }
    if (options.style.width == 0) {
        options.style.width = UNKNOWN_WIDTH;
    }
    session->reporter = ud_reporter_new(&options);
    session->app.report = ud_reporter_report(session->reporter);
    session->app.ca_file = common->ca_file;
}

void ud_session_done(struct ud_session *session)
{
    ud_reporter_free(session->reporter);
    ud_strv_done(&session->words);
    free(session->given);
    ud_buf_done(&session->out);
}

enum { ERROR_TEXT_MAX = 16 * 1024 };

static void tell_error(const struct ud_session *session, const struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, ERROR_TEXT_MAX);
    if (session->common.progress == UD_PROGRESS_JSON) {
        ud_error_json(&text, "error", err);
    } else {
        ud_error_show(&text, &session->err_style, err);
    }
    if (ud_term_write(UD_TERM_ERR, text.data, text.len, NULL) != UD_OK) {
        /* The exit code still tells. */
    }
    ud_buf_done(&text);
}

enum ud_code ud_session_flush(struct ud_session *session, struct ud_error *err)
{
    UD_TRY(ud_buf_check(&session->out, "the result", err));
    if (session->out.len > 0) {
        UD_TRY(ud_term_write(UD_TERM_OUT, session->out.data, session->out.len, err));
        ud_buf_clear(&session->out);
    }
    return UD_OK;
}

int ud_session_finish(struct ud_session *session, enum ud_code rc, struct ud_error *err)
{
    if (rc != UD_OK) {
        ud_hints_complete_error(session->out_style.hints, err);
        tell_error(session, err);
        if (session->common.json && !session->error_told) {
            ud_error_json(&session->out, NULL, err);
        }
    }
    struct ud_error write_err;
    enum ud_code written = ud_session_flush(session, &write_err);
    if (written != UD_OK) {
        tell_error(session, &write_err);
    }
    rc = rc != UD_OK ? rc : written;
    return rc != UD_OK ? ud_error_exit_code(rc) : session->exit_code;
}
