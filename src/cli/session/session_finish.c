#include "session/session_setup.h"

#include "platform/term.h"
#include "report/errors.h"

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

int ud_session_finish(struct ud_session *session, enum ud_code rc, struct ud_error *err)
{
    if (rc != UD_OK) {
        tell_error(session, err);
        if (session->common.json && !session->error_told) {
            ud_error_json(&session->out, NULL, err);
        }
    }
    struct ud_error write_err;
    enum ud_code written = ud_buf_check(&session->out, "the result", &write_err);
    if (written == UD_OK && session->out.len > 0) {
        written = ud_term_write(UD_TERM_OUT, session->out.data, session->out.len, &write_err);
    }
    if (written != UD_OK) {
        tell_error(session, &write_err);
    }
    rc = rc != UD_OK ? rc : written;
    return rc != UD_OK ? ud_error_exit_code(rc) : session->exit_code;
}
