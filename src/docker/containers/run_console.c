#include "containers/run_console.h"

#include <stdlib.h>

#include "stream/converse.h"
#include "util/mem.h"

/* An engine under load, or emulated, tells late that a process has ended. */
enum { END_POLLS = 150, END_POLL_MS = 200 };

static void attach_path(struct ud_buf *ret, const struct ud_engine *engine, const char *name)
{
    ud_call_path(ret, engine, "/containers/", name, "/attach?stream=1&stdin=1&stdout=1&stderr=1");
    ud_url_param(ret, "detachKeys", UD_DETACH_KEYS);
}

enum ud_code ud_run_converse(struct ud_engine *engine, const char *name,
                             const struct ud_console *console, struct ud_error *err)
{
    struct ud_buf attach;
    struct ud_buf resize;
    struct ud_duplex *duplex = NULL;
    char *what = ud_strf("cannot attach to the container %s", name);
    attach_path(&attach, engine, name);
    ud_call_path(&resize, engine, "/containers/", name, "/resize");
    enum ud_code rc = ud_converse_open(engine, attach.data, NULL, what, &duplex, err);
    if (rc == UD_OK) {
        rc = ud_container_start(engine, name, err);
    }
    if (rc == UD_OK) {
        rc = ud_converse(engine, duplex, console, resize.data, err);
    }
    ud_duplex_free(duplex);
    ud_buf_done(&attach);
    ud_buf_done(&resize);
    free(what);
    return rc;
}

enum ud_code ud_run_await_end(struct ud_engine *engine, const char *name, struct ud_error *err)
{
    for (int i = 0; i < END_POLLS; i++) {
        struct ud_container container = {0};
        UD_TRY(ud_container_inspect(engine, name, &container, err));
        bool running = container.running;
        ud_container_done(&container);
        if (!running) {
            return UD_OK;
        }
        UD_TRY(ud_http_pause(engine->http, END_POLL_MS, err));
    }
    return ud_fail(err, UD_ERR_UNREACHABLE, NULL,
                   "the connection to the container %s was lost while it ran", name);
}
