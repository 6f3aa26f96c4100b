#include "install/said.h"

#include <stdlib.h>
#include <string.h>

#include "docker/containers/container.h"
#include "docker/containers/exec.h"
#include "docker/stream/lines.h"
#include "platform/host.h"
#include "proto/ops.h"
#include "transport/stream.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

enum { LINE_MAX_BYTES = 2048 };

void ud_install_said_done(struct ud_install_said *said)
{
    ud_strv_done(&said->inserted);
    free(said->last);
    *said = (struct ud_install_said){0};
}

static void said_forget(struct ud_install_said *said)
{
    ud_install_said_done(said);
    said->last = ud_strdup("");
}

static void said_set_last(struct ud_install_said *said, const char *text)
{
    free(said->last);
    said->last = ud_strdup(text);
    ud_str_sanitize(said->last);
}

/* The code that the line of UD_OPS_FAILED names, which the helper knows and this program may not.
 */
static enum ud_code said_code_named(const char *text)
{
    char *name = ud_strndup(text, strcspn(text, ":"));
    const enum ud_code code = ud_error_named(name);
    free(name);
    return code == UD_OK || code == UD_CODE_COUNT || code == UD_ERR_INTERRUPTED ? UD_ERR_ENGINE
                                                                                : code;
}

/* See UD_OP_INSTALLED. A start begins with the kernel's line. */
static void said_take_line(void *ctx, const char *line)
{
    struct ud_install_said *said = ctx;
    if (line[0] == '\0') {
        return;
    }
    if (ud_str_starts(line, UD_OPS_KERNEL)) {
        said_forget(said);
    } else if (ud_str_starts(line, UD_OPS_INSERTED)) {
        if (said->inserted.len < UD_OPS_MODULES_MAX) {
            ud_strv_add(&said->inserted, line + strlen(UD_OPS_INSERTED));
        }
    } else if (ud_str_starts(line, UD_OPS_OWN_WAY)) {
        said->own_way = true;
    } else if (ud_str_starts(line, UD_OPS_READY)) {
        said->ready = true;
        said_set_last(said, line + strlen(UD_OPS_READY));
    } else if (ud_str_starts(line, UD_OPS_FAILED)) {
        said->failure = said_code_named(line + strlen(UD_OPS_FAILED));
        said_set_last(said, line + strlen(UD_OPS_FAILED));
    } else if (said->failure == UD_OK && !said->ready) {
        const bool ours = ud_str_starts(line, UD_OPS_SAYS);
        said_set_last(said, line + (ours ? strlen(UD_OPS_SAYS) : 0));
    }
}

static enum ud_code said_from_log(struct ud_engine *engine, const char *container,
                                  const struct ud_sink *errout, struct ud_error *err)
{
    const struct ud_sink none = {0};
    return ud_container_logs(engine, container, false, &none, errout, err);
}

static enum ud_code said_from_check(struct ud_engine *engine, const char *container,
                                    const struct ud_sink *errout, struct ud_error *err)
{
    struct ud_exec exec = {.container = container, .errout = *errout};
    int exit_code = 0;
    ud_strv_add(&exec.argv, UD_OPS_HELPER);
    ud_strv_add(&exec.argv, UD_OP_INSTALLED);
    ud_strv_add(&exec.argv, UD_OPS_FLAG_CHECK);
    enum ud_code rc = ud_exec_run(engine, &exec, &exit_code, err);
    ud_strv_done(&exec.argv);
    return rc;
}

typedef enum ud_code said_from(struct ud_engine *engine, const char *container,
                               const struct ud_sink *errout, struct ud_error *err);

static enum ud_code said_take(struct ud_engine *engine, const char *container, said_from *from,
                              struct ud_install_said *ret, struct ud_error *err)
{
    struct ud_install_said said = {0};
    struct ud_lines lines;
    ud_lines_init(&lines, LINE_MAX_BYTES, said_take_line, &said);
    const struct ud_sink errout = ud_lines_sink(&lines);
    said_forget(&said);
    enum ud_code rc = from(engine, container, &errout, err);
    if (rc == UD_OK) {
        ud_lines_end(&lines);
        *ret = said;
    } else {
        ud_install_said_done(&said);
    }
    ud_lines_done(&lines);
    return rc;
}

enum ud_code ud_install_said_read(struct ud_engine *engine, const char *container,
                                  struct ud_install_said *ret, struct ud_error *err)
{
    return said_take(engine, container, said_from_log, ret, err);
}

enum ud_code ud_install_said_now(struct ud_engine *engine, const char *container,
                                 struct ud_install_said *ret, struct ud_error *err)
{
    return said_take(engine, container, said_from_check, ret, err);
}

/* Looked at in this order: what it says may come just before its end. */
static enum ud_code said_look(struct ud_engine *engine, const char *name,
                              struct ud_install_said *said, bool *ret_over, struct ud_error *err)
{
    struct ud_container container = {0};
    UD_TRY(ud_container_inspect(engine, name, &container, err));
    const bool running = container.running;
    ud_container_done(&container);
    ud_install_said_done(said);
    UD_TRY(ud_install_said_read(engine, name, said, err));
    *ret_over = said->ready || said->failure != UD_OK || !running;
    return UD_OK;
}

enum ud_code ud_install_said_await(struct ud_engine *engine, const char *container,
                                   struct ud_install_said *ret, struct ud_error *err)
{
    const uint64_t deadline = ud_host_now_ms() + UD_PATIENCE_INSTALLED_MS;
    bool over = false;
    UD_TRY(said_look(engine, container, ret, &over, err));
    while (!over) {
        if (ud_host_now_ms() > deadline) {
            return ud_fail(
                err, UD_ERR_ENGINE, "Try again when the engine's machine has less to do.",
                "the modules were not inserted within %d s", UD_PATIENCE_INSTALLED_MS / 1000);
        }
        UD_TRY(ud_engine_pause(engine, UD_PATIENCE_CLIENT_POLL_MS, err));
        UD_TRY(said_look(engine, container, ret, &over, err));
    }
    if (ret->ready) {
        return UD_OK;
    }
    return ud_fail(err, ret->failure != UD_OK ? ret->failure : UD_ERR_ENGINE, NULL,
                   "the installation's container says: %s",
                   ret->last[0] != '\0' ? ret->last : "nothing");
}
