/* Waiting until the client in its container runs, by what the helper there says. */
#include <stdlib.h>
#include <string.h>

#include "docker/containers/container.h"
#include "docker/stream/lines.h"
#include "platform/host.h"
#include "proto/ops.h"
#include "transport/stream.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"
#include "vhcli/parts.h"

enum { LINE_MAX_BYTES = 2048, SHOWN_LINES = 4 };

/* The log may be of any length: the client writes to it as well. So it is read line by line,
 * and only what matters is kept, anew at each look. */
struct await {
    struct ud_engine *engine;
    struct ud_lines streams[2];
    struct ud_strv *inserted;
    bool started;
    enum ud_code failure;    /* that the helper named; UD_OK: none */
    char *last[SHOWN_LINES]; /* the last lines but for those that say what went well; NULL: none */
};

static void await_forget_words(struct await *await)
{
    for (size_t i = 0; i < SHOWN_LINES; i++) {
        free(await->last[i]);
        await->last[i] = NULL;
    }
}

static void await_forget(struct await *await)
{
    ud_strv_done(await->inserted);
    await->started = false;
    await->failure = UD_OK;
    await_forget_words(await);
    ud_lines_begin_anew(&await->streams[0]);
    ud_lines_begin_anew(&await->streams[1]);
}

/* Why the helper did not try to start the client, as its line of UD_OPS_FAILED names it. */
static enum ud_code await_code_named(const char *text)
{
    char *name = ud_strndup(text, strcspn(text, ":"));
    enum ud_code code = ud_error_named(name);
    free(name);
    return code;
}

/* What the helper says before and when it starts the client: see UD_OP_CLIENT. */
static void await_take_line(void *ctx, const char *line)
{
    struct await *await = ctx;
    if (ud_str_starts(line, UD_OPS_STARTED)) {
        await->started = true;
        return;
    }
    if (ud_str_starts(line, UD_OPS_INSERTED)) {
        if (await->inserted->len < UD_OPS_MODULES_MAX) {
            ud_strv_add(await->inserted, line + strlen(UD_OPS_INSERTED));
        }
        return;
    }
    if (ud_str_starts(line, UD_OPS_FAILED)) {
        await->failure = await_code_named(line + strlen(UD_OPS_FAILED));
    }
    free(await->last[0]);
    memmove(await->last, await->last + 1, (SHOWN_LINES - 1) * sizeof *await->last);
    await->last[SHOWN_LINES - 1] = ud_strdup(line);
}

/* On one line. */
static char *last_words(const struct await *await)
{
    struct ud_strv last = {0};
    for (size_t i = 0; i < SHOWN_LINES; i++) {
        if (await->last[i] != NULL) {
            ud_strv_add(&last, await->last[i]);
        }
    }
    char *text = ud_strv_join(&last, "; ");
    ud_str_sanitize(text);
    ud_strv_done(&last);
    return text;
}

/* The helper is interrupted by whoever stops the container, which is not the user of this
 * program. */
static enum ud_code await_failure(const struct await *await)
{
    const enum ud_code code = await->failure;
    bool known = code != UD_OK && code != UD_CODE_COUNT && code != UD_ERR_INTERRUPTED;
    return known ? code : UD_ERR_ENGINE;
}

static enum ud_code await_ended(const struct await *await, int exit_code, struct ud_error *err)
{
    char *text = last_words(await);
    bool tried = await->started || exit_code != UD_OPS_SHELL_FAILED;
    enum ud_code rc = ud_fail(err, tried ? UD_ERR_ENGINE : await_failure(await), NULL,
                              "the container ended with exit code %d, saying: %s", exit_code,
                              text[0] != '\0' ? text : "nothing");
    free(text);
    return rc;
}

/* Looked at in this order: what it says may come just before its end. */
static enum ud_code await_look(struct await *await, struct ud_error *err)
{
    struct ud_container container = {0};
    UD_TRY(ud_container_inspect(await->engine, UD_VHCLI_CONTAINER, &container, err));
    const bool running = container.running;
    const int exit_code = container.exit_code;
    ud_container_done(&container);
    await_forget(await);
    const struct ud_sink out = ud_lines_sink(&await->streams[0]);
    const struct ud_sink errout = ud_lines_sink(&await->streams[1]);
    UD_TRY(ud_container_logs(await->engine, UD_VHCLI_CONTAINER, false, &out, &errout, err));
    for (size_t i = 0; i < 2; i++) {
        ud_lines_end(&await->streams[i]);
    }
    return running ? UD_OK : await_ended(await, exit_code, err);
}

/* Started is not enough: a client that does not like its place ends right after. */
static enum ud_code await_wait(struct await *await, struct ud_error *err)
{
    const uint64_t deadline = ud_host_now_ms() + UD_PATIENCE_CLIENT_MS;
    while (!await->started) {
        UD_TRY(await_look(await, err));
        if (!await->started && ud_host_now_ms() > deadline) {
            return ud_fail(err, UD_ERR_ENGINE,
                           "Try again when the engine's machine has less to do.",
                           "the client was not started within %d s", UD_PATIENCE_CLIENT_MS / 1000);
        }
        UD_TRY(ud_engine_pause(
            await->engine,
            await->started ? UD_PATIENCE_CLIENT_SETTLE_MS : UD_PATIENCE_CLIENT_POLL_MS, err));
    }
    return await_look(await, err);
}

enum ud_code ud_vhcli_await_start(struct ud_engine *engine, struct ud_strv *ret_inserted,
                                  struct ud_error *err)
{
    struct await await = {.engine = engine, .inserted = ret_inserted};
    for (size_t i = 0; i < 2; i++) {
        ud_lines_init(&await.streams[i], LINE_MAX_BYTES, await_take_line, &await);
    }
    enum ud_code rc = await_wait(&await, err);
    await_forget_words(&await);
    ud_lines_done(&await.streams[0]);
    ud_lines_done(&await.streams[1]);
    return rc;
}
