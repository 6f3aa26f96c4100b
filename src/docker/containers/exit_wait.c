#include "containers/exit_wait.h"

#include "engine/api_error.h"
#include "engine/call.h"
#include "platform/host.h"
#include "util/patience.h"

static unsigned exit_wait_longer(unsigned pause)
{
    return pause < UD_PATIENCE_EXIT_LAST_MS / 2 ? 2 * pause : UD_PATIENCE_EXIT_LAST_MS;
}

enum ud_code ud_exit_wait(struct ud_engine *engine, ud_exit_look_fn *look, void *ctx,
                          const char *users, bool *ret_ended, struct ud_error *err)
{
    const uint64_t deadline = ud_host_now_ms() + engine->exit_ms;
    unsigned pause = UD_PATIENCE_EXIT_FIRST_MS;
    bool told = false;
    for (;;) {
        bool ended = false;
        UD_TRY(look(ctx, engine, &ended, err));
        bool late = ud_host_now_ms() >= deadline;
        if (ended || (late && users == NULL)) {
            *ret_ended = ended;
            return UD_OK;
        }
        if (late && !told) {
            ud_report_message(engine->report, UD_REPORT_NOTE,
                              "the output of %s ended but it is still running: waiting for its "
                              "end (Ctrl-C leaves it alone)",
                              users);
            told = true;
        }
        UD_TRY(ud_http_pause(engine->http, pause, err));
        pause = exit_wait_longer(pause);
    }
}

enum ud_code ud_exit_wait_fail(const char *what, struct ud_error *err)
{
    enum ud_code rc =
        ud_api_fail(UD_ERR_ENGINE, what, "its output ended but it is still running", err);
    ud_error_remedy(err, "Try again when the engine's machine has less to do.");
    return rc;
}
