#include "session/terminal.h"

#include "platform/term.h"
#include "platform/term_raw.h"

static enum ud_code terminal_begin(void *ctx, void (*wake)(void *arg), void *arg,
                                   struct ud_error *err)
{
    struct ud_terminal *t = ctx;
    ud_reporter_close(t->session->reporter, false);
    if (t->console.tty) {
        UD_TRY(ud_term_raw_enter(err));
    }
    enum ud_code rc = ud_input_open(wake, arg, &t->input, err);
    if (rc != UD_OK) {
        ud_term_raw_leave();
    }
    return rc;
}

static void terminal_end(void *ctx)
{
    struct ud_terminal *t = ctx;
    ud_input_close(t->input);
    t->input = NULL;
    ud_term_raw_leave();
}

static size_t terminal_read_input(void *ctx, void *dst, size_t room, bool *ret_end)
{
    struct ud_terminal *t = ctx;
    return ud_input_take(t->input, dst, room, ret_end);
}

static bool terminal_size(void *ctx, unsigned *ret_rows, unsigned *ret_columns)
{
    struct ud_term_size size = {0};
    (void)ctx;
    if (!ud_term_size(&size)) {
        return false;
    }
    *ret_rows = size.rows;
    *ret_columns = size.columns;
    return true;
}

static bool terminal_resized(void *ctx)
{
    struct ud_terminal *t = ctx;
    return ud_input_resized(t->input);
}

/* A terminal that takes no more was closed, which is how its user stops things. */
static enum ud_code write_out(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    const struct ud_terminal *t = ctx;
    enum ud_code rc = ud_term_write(UD_TERM_OUT, data, len, err);
    if (rc != UD_OK && t->console.tty) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "the terminal was closed");
    }
    return rc;
}

static enum ud_code write_err(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    (void)ctx;
    return ud_term_write(UD_TERM_ERR, data, len, err);
}

/* On a terminal in raw mode a line of ours would tear the program's screen. */
static void terminal_message(void *ctx, enum ud_report_level level, const char *text)
{
    const struct ud_terminal *t = ctx;
    const struct ud_report *full = t->session->app.report;
    if (t->input == NULL || !t->console.tty) {
        full->message(full->ctx, level, text);
    }
}

static void step_begin(void *ctx, const char *title)
{
    const struct ud_report *full = ((const struct ud_terminal *)ctx)->session->app.report;
    full->step_begin(full->ctx, title);
}

static void step_end(void *ctx, const char *result)
{
    const struct ud_report *full = ((const struct ud_terminal *)ctx)->session->app.report;
    full->step_end(full->ctx, result);
}

void ud_terminal_init(struct ud_terminal *terminal, struct ud_session *session)
{
    bool tty = ud_term_in_is_tty() && ud_term_is_tty(UD_TERM_OUT);
    bool steps = tty || session->common.verbose || session->common.debug;
    *terminal = (struct ud_terminal){
        .session = session,
        .console = {terminal,
                    tty,
                    terminal_begin,
                    terminal_end,
                    terminal_read_input,
                    terminal_size,
                    terminal_resized,
                    {write_out, terminal},
                    {write_err, terminal}},
        .report = {.ctx = terminal,
                   .message = terminal_message,
                   .step_begin = steps ? step_begin : NULL,
                   .step_end = steps ? step_end : NULL},
    };
    terminal->app.report = &terminal->report;
}

enum ud_code ud_terminal_check_options(const struct ud_session *session, struct ud_error *err)
{
    if (!session->common.json) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_USAGE, "Leave --json out.",
                   "--json does not go with a program's own output");
}
