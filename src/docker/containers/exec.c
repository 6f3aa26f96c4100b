#include "docker/containers/exec.h"

#include <stdlib.h>
#include <string.h>

#include "containers/exec_steps.h"
#include "containers/exit_wait.h"
#include "engine/api_error.h"
#include "engine/call.h"
#include "engine/json.h"
#include "engine/output.h"
#include "stream/converse.h"
#include "util/mem.h"
#include "util/patience.h"

static char *create_body(const struct ud_exec *exec, const struct ud_console *console)
{
    cJSON *root = cJSON_CreateObject();
    if (console != NULL) {
        ud_json_put_true(root, "AttachStdin", true);
        ud_json_put_true(root, "Tty", console->tty);
        ud_json_put(root, "DetachKeys", UD_DETACH_KEYS);
    }
    ud_json_put_true(root, "AttachStdout", true);
    ud_json_put_true(root, "AttachStderr", true);
    ud_json_put_true(root, "Privileged", exec->privileged);
    ud_json_put(root, "WorkingDir", exec->workdir);
    ud_json_put(root, "User", exec->user);
    ud_json_put_strings(root, "Env", &exec->env);
    ud_json_put_strings(root, "Cmd", &exec->argv);
    return ud_json_print(root);
}

enum ud_code ud_exec_create(struct ud_engine *engine, const struct ud_exec *exec,
                            const struct ud_console *console, const char *what, char **ret_id,
                            struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/containers/", exec->container, "/exec");
    char *body = create_body(exec, console);
    struct ud_http_request request = {
        .method = "POST",
        .url = path.data,
        .body = body,
        .body_len = strlen(body),
        .timeout_ms = UD_PATIENCE_READ_MS,
    };
    cJSON *root = NULL;
    enum ud_code rc = ud_call_json(engine, &request, what, &root, err);
    if (rc == UD_OK && ud_json_text(root, "Id")[0] == '\0') {
        rc = ud_api_fail(UD_ERR_PROTOCOL, what, "the engine names no exec id", err);
    }
    if (rc == UD_OK) {
        *ret_id = ud_json_dup(root, "Id");
    }
    cJSON_Delete(root);
    free(body);
    ud_buf_done(&path);
    return rc;
}

static enum ud_code exec_stream(struct ud_engine *engine, const struct ud_exec *exec,
                                const char *what, const char *id, struct ud_error *err)
{
    static const char body[] = "{\"Detach\":false,\"Tty\":false}";
    struct ud_buf path;
    ud_call_path(&path, engine, "/exec/", id, "/start");
    struct ud_http_request request = {
        .method = "POST",
        .url = path.data,
        .body = body,
        .body_len = sizeof body - 1,
    };
    struct ud_output output = {0};
    enum ud_code rc =
        ud_output_open(engine, &request, what, &exec->out, &exec->errout, &output, err);
    if (rc == UD_OK) {
        rc = ud_output_drain(&output, err);
        ud_output_done(&output);
    }
    ud_buf_done(&path);
    return rc;
}

/* What is asked of an exec, and its answer. */
struct exec_look {
    const char *path;
    const char *what;
    int exit_code;
};

static enum ud_code exec_has_ended(void *ctx, struct ud_engine *engine, bool *ret_ended,
                                   struct ud_error *err)
{
    struct exec_look *look = ctx;
    cJSON *root = NULL;
    UD_TRY(ud_call_get(engine, look->path, look->what, &root, err));
    const cJSON *code = ud_json_get(root, "ExitCode");
    *ret_ended = !ud_json_bool(root, "Running") && cJSON_IsNumber(code);
    look->exit_code = *ret_ended ? code->valueint : 0;
    cJSON_Delete(root);
    return UD_OK;
}

enum ud_code ud_exec_exit_code(struct ud_engine *engine, const struct ud_exec *exec,
                               const char *what, const char *id, int *ret_exit_code,
                               struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/exec/", id, "/json");
    struct exec_look look = {.path = path.data, .what = what};
    const char *users = exec->users_own && exec->argv.len > 0 ? exec->argv.items[0] : NULL;
    bool ended = false;
    enum ud_code rc = ud_exit_wait(engine, exec_has_ended, &look, users, &ended, err);
    if (rc == UD_OK && !ended) {
        rc = ud_exit_wait_fail(what, err);
    }
    ud_buf_done(&path);
    if (rc == UD_OK) {
        *ret_exit_code = look.exit_code;
    }
    return rc;
}

enum ud_code ud_exec_run(struct ud_engine *engine, const struct ud_exec *exec, int *ret_exit_code,
                         struct ud_error *err)
{
    const char *program = exec->argv.len > 0 ? exec->argv.items[0] : "";
    char *what = ud_strf("cannot run %s in the container %s", program, exec->container);
    char *id = NULL;
    enum ud_code rc = ud_exec_create(engine, exec, NULL, what, &id, err);
    if (rc == UD_OK) {
        rc = exec_stream(engine, exec, what, id, err);
    }
    if (rc == UD_OK) {
        rc = ud_exec_exit_code(engine, exec, what, id, ret_exit_code, err);
    }
    free(id);
    free(what);
    return rc;
}
