/* Waiting until the client in its container runs, by what the helper there says. */
#include <stdlib.h>
#include <string.h>

#include "docker/containers/container.h"
#include "platform/host.h"
#include "proto/ops.h"
#include "transport/stream.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"
#include "vhcli/parts.h"

enum { LOG_MAX = 64 * 1024, SHOWN_LINES = 4 };

struct await {
    struct ud_engine *engine;
    struct ud_buf log; /* both streams of the container */
    struct ud_strv *inserted;
};

/* What the helper says before and when it starts the client: see UD_OP_CLIENT. */
static bool read_log(struct await *await)
{
    const size_t said = strlen(UD_OPS_INSERTED);
    struct ud_slice rest = {await->log.data, await->log.len};
    struct ud_slice line;
    bool started = false;
    ud_strv_done(await->inserted);
    while (ud_str_next_line(&rest, &line)) {
        started = started || ud_slice_starts(line, UD_OPS_STARTED);
        if (ud_slice_starts(line, UD_OPS_INSERTED)) {
            ud_strv_addn(await->inserted, line.ptr + said, line.len - said);
        }
    }
    return started;
}

/* The last lines, on one, but for those that say what went well. */
static char *last_words(const struct await *await)
{
    struct ud_slice rest = {await->log.data, await->log.len};
    struct ud_slice line;
    struct ud_strv lines = {0};
    while (ud_str_next_line(&rest, &line)) {
        if (!ud_slice_starts(line, UD_OPS_INSERTED) && !ud_slice_starts(line, UD_OPS_STARTED)) {
            ud_strv_addn(&lines, line.ptr, line.len);
        }
    }
    struct ud_strv last = {0};
    for (size_t i = lines.len > SHOWN_LINES ? lines.len - SHOWN_LINES : 0; i < lines.len; i++) {
        ud_strv_add(&last, lines.items[i]);
    }
    char *text = ud_strv_join(&last, "; ");
    ud_str_sanitize(text);
    ud_strv_done(&last);
    ud_strv_done(&lines);
    return text;
}

/* Why the helper did not try to start the client, as its line of UD_OPS_FAILED names it. It
 * is interrupted by whoever stops the container, which is not the user of this program. */
static enum ud_code await_failure(const struct await *await)
{
    const size_t said = strlen(UD_OPS_FAILED);
    struct ud_slice rest = {await->log.data, await->log.len};
    struct ud_slice line;
    enum ud_code code = UD_OK;
    while (ud_str_next_line(&rest, &line)) {
        if (ud_slice_starts(line, UD_OPS_FAILED)) {
            char *name = ud_strndup(line.ptr + said, line.len - said);
            name[strcspn(name, ":")] = '\0';
            code = ud_error_named(name);
            free(name);
        }
    }
    bool known = code != UD_OK && code != UD_CODE_COUNT && code != UD_ERR_INTERRUPTED;
    return known ? code : UD_ERR_ENGINE;
}

static enum ud_code await_ended(const struct await *await, int exit_code, bool started,
                                struct ud_error *err)
{
    char *text = last_words(await);
    bool tried = started || exit_code != UD_OPS_SHELL_FAILED;
    enum ud_code rc = ud_fail(err, tried ? UD_ERR_ENGINE : await_failure(await), NULL,
                              "the container ended with exit code %d, saying: %s", exit_code,
                              text[0] != '\0' ? text : "nothing");
    free(text);
    return rc;
}

/* Looked at in this order: what it says may come just before its end. */
static enum ud_code await_look(struct await *await, bool *ret_started, struct ud_error *err)
{
    struct ud_container container = {0};
    UD_TRY(ud_container_inspect(await->engine, UD_VHCLI_CONTAINER, &container, err));
    const bool running = container.running;
    const int exit_code = container.exit_code;
    ud_container_done(&container);
    ud_buf_clear(&await->log);
    const struct ud_sink sink = ud_bytes_sink(&await->log);
    UD_TRY(ud_container_logs(await->engine, UD_VHCLI_CONTAINER, false, &sink, &sink, err));
    *ret_started = read_log(await);
    return running ? UD_OK : await_ended(await, exit_code, *ret_started, err);
}

/* Started is not enough: a client that does not like its place ends right after. */
static enum ud_code await_wait(struct await *await, struct ud_error *err)
{
    const uint64_t deadline = ud_host_now_ms() + UD_PATIENCE_CLIENT_MS;
    bool started = false;
    while (!started) {
        UD_TRY(await_look(await, &started, err));
        if (!started && ud_host_now_ms() > deadline) {
            return ud_fail(err, UD_ERR_ENGINE, NULL, "the client was not started within %d s",
                           UD_PATIENCE_CLIENT_MS / 1000);
        }
        UD_TRY(ud_engine_pause(await->engine,
                               started ? UD_PATIENCE_CLIENT_SETTLE_MS : UD_PATIENCE_CLIENT_POLL_MS,
                               err));
    }
    return await_look(await, &started, err);
}

enum ud_code ud_vhcli_await_start(struct ud_engine *engine, struct ud_strv *ret_inserted,
                                  struct ud_error *err)
{
    struct await await = {.engine = engine, .inserted = ret_inserted};
    ud_buf_init(&await.log, LOG_MAX);
    enum ud_code rc = await_wait(&await, err);
    ud_buf_done(&await.log);
    return rc;
}
