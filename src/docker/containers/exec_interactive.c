#include <stdlib.h>

#include "containers/exec_steps.h"
#include "stream/converse.h"
#include "util/mem.h"

/* Engines from API 1.42 on make the terminal with this size; to others it is
 * told a moment later. */
static char *start_body(const struct ud_console *console)
{
    unsigned rows = 0;
    unsigned columns = 0;
    if (!console->tty) {
        return ud_strdup("{\"Detach\":false,\"Tty\":false}");
    }
    if (!console->size(console->ctx, &rows, &columns)) {
        return ud_strdup("{\"Detach\":false,\"Tty\":true}");
    }
    return ud_strf("{\"Detach\":false,\"Tty\":true,\"ConsoleSize\":[%u,%u]}", rows, columns);
}

static enum ud_code exec_interactive_converse(struct ud_engine *engine,
                                              const struct ud_console *console, const char *what,
                                              const char *id, struct ud_error *err)
{
    struct ud_buf start;
    struct ud_buf resize;
    struct ud_duplex *duplex = NULL;
    char *body = start_body(console);
    ud_call_path(&start, engine, "/exec/", id, "/start");
    ud_call_path(&resize, engine, "/exec/", id, "/resize");
    enum ud_code rc = ud_converse_open(engine, start.data, body, what, &duplex, err);
    if (rc == UD_OK) {
        rc = ud_converse(engine, duplex, console, resize.data, err);
    }
    ud_duplex_free(duplex);
    ud_buf_done(&start);
    ud_buf_done(&resize);
    free(body);
    return rc;
}

enum ud_code ud_exec_interactive(struct ud_engine *engine, const struct ud_exec *exec,
                                 const struct ud_console *console, int *ret_exit_code,
                                 struct ud_error *err)
{
    const char *program = exec->argv.len > 0 ? exec->argv.items[0] : "";
    char *what = ud_strf("cannot run %s in the container %s", program, exec->container);
    char *id = NULL;
    enum ud_code rc = ud_exec_create(engine, exec, console, what, &id, err);
    if (rc == UD_OK) {
        rc = exec_interactive_converse(engine, console, what, id, err);
    }
    if (rc == UD_OK) {
        rc = ud_exec_exit_code(engine, exec, what, id, ret_exit_code, err);
    }
    free(id);
    free(what);
    return rc;
}
