#include "containers/run_console.h"

#include <stdlib.h>

#include "containers/exit_wait.h"
#include "stream/converse.h"
#include "stream/splice_run.h"
#include "util/mem.h"

static void attach_path(struct ud_buf *ret, const struct ud_engine *engine, const char *name)
{
    ud_call_path(ret, engine, "/containers/", name, "/attach?stream=1&stdin=1&stdout=1&stderr=1");
    ud_url_param(ret, "detachKeys", UD_DETACH_KEYS);
}

/* Attached before the start: nothing of what it writes is missed. */
static enum ud_code run_open(struct ud_engine *engine, const char *name, struct ud_duplex **ret,
                             struct ud_error *err)
{
    struct ud_buf attach;
    char *what = ud_strf("cannot attach to the container %s", name);
    attach_path(&attach, engine, name);
    enum ud_code rc = ud_converse_open(engine, attach.data, NULL, what, ret, err);
    if (rc == UD_OK) {
        rc = ud_container_start(engine, name, err);
    }
    ud_buf_done(&attach);
    free(what);
    return rc;
}

enum ud_code ud_run_converse(struct ud_engine *engine, const char *name,
                             const struct ud_console *console, struct ud_error *err)
{
    struct ud_buf resize;
    struct ud_duplex *duplex = NULL;
    ud_call_path(&resize, engine, "/containers/", name, "/resize");
    enum ud_code rc = run_open(engine, name, &duplex, err);
    if (rc == UD_OK) {
        rc = ud_converse(engine, duplex, console, resize.data, err);
    }
    ud_duplex_free(duplex);
    ud_buf_done(&resize);
    return rc;
}

enum ud_code ud_run_splice(struct ud_engine *engine, const char *name, struct ud_splice *splice,
                           const struct ud_sink *errout, struct ud_error *err)
{
    struct ud_duplex *duplex = NULL;
    enum ud_code rc = run_open(engine, name, &duplex, err);
    if (rc == UD_OK) {
        rc = ud_splice_pass(splice, duplex, errout, err);
    }
    ud_duplex_free(duplex);
    return rc;
}

static enum ud_code run_has_ended(void *ctx, struct ud_engine *engine, bool *ret_ended,
                                  struct ud_error *err)
{
    const char *name = ctx;
    struct ud_container container = {0};
    UD_TRY(ud_container_inspect(engine, name, &container, err));
    *ret_ended = !container.running;
    ud_container_done(&container);
    return UD_OK;
}

/* The user's program cannot end the stream and work on: the helper, which is the container's
 * first process, holds standard output and error itself. */
enum ud_code ud_run_await_end(struct ud_engine *engine, const char *name, struct ud_error *err)
{
    bool ended = false;
    UD_TRY(ud_exit_wait(engine, run_has_ended, (void *)(uintptr_t)name, NULL, &ended, err));
    if (!ended) {
        return ud_fail(err, UD_ERR_UNREACHABLE, NULL,
                       "the connection to the container %s was lost while it ran", name);
    }
    return UD_OK;
}
