#include "docker/containers/container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "containers/exit_wait.h"
#include "engine/api_error.h"
#include "engine/call.h"
#include "engine/json.h"
#include "platform/host.h"
#include "transport/url.h"
#include "util/mem.h"
#include "util/patience.h"

enum { ACTION_MAX = 1024 };

/* POST /containers/NAME/ACTION, where 304 (is already so) is success. */
static enum ud_code container_post(struct ud_engine *engine, const char *name, const char *action,
                                   const char *verb, enum ud_http_shield shield,
                                   struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/containers/", name, action);
    char *what = ud_strf("cannot %s the container %s", verb, name);
    struct ud_http_request request = {
        .method = "POST",
        .url = path.data,
        .timeout_ms = UD_PATIENCE_CHANGE_MS,
        .shield = shield,
    };
    enum ud_code rc = ud_call_done(engine, &request, what, err);
    free(what);
    ud_buf_done(&path);
    return rc;
}

enum ud_code ud_container_create(struct ud_engine *engine, const struct ud_container_spec *spec,
                                 struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/containers/create", NULL, "");
    ud_url_param(&path, "name", spec->name);
    ud_url_param(&path, "platform", spec->platform);
    char *body = ud_container_spec_json(spec);
    char *what = ud_strf("cannot create the container %s of %s", spec->name, spec->image);
    struct ud_http_request request = {
        .method = "POST",
        .url = path.data,
        .body = body,
        .body_len = strlen(body),
        .timeout_ms = UD_PATIENCE_CHANGE_MS,
        .shield = UD_HTTP_FINISH,
    };
    cJSON *root = NULL;
    enum ud_code rc = ud_call_json(engine, &request, what, &root, err);
    if (rc == UD_OK) {
        struct ud_strv warnings = {0};
        ud_json_strings(root, "Warnings", &warnings);
        for (size_t i = 0; i < warnings.len; i++) {
            ud_report_message(engine->report, UD_REPORT_NOTE, "the engine says: %s",
                              warnings.items[i]);
        }
        ud_strv_done(&warnings);
    }
    cJSON_Delete(root);
    free(what);
    free(body);
    ud_buf_done(&path);
    return rc;
}

/* Refusals other than these may come from a proxy that lost the answer. */
bool ud_container_surely_absent(enum ud_code rc)
{
    return rc == UD_ERR_NOT_FOUND || rc == UD_ERR_BUSY || rc == UD_ERR_DENIED || rc == UD_ERR_USAGE;
}

enum ud_code ud_container_start(struct ud_engine *engine, const char *name, struct ud_error *err)
{
    return container_post(engine, name, "/start", "start", UD_HTTP_FINISH, err);
}

enum ud_code ud_container_rename(struct ud_engine *engine, const char *name, const char *new_name,
                                 struct ud_error *err)
{
    struct ud_buf action;
    char *verb = ud_strf("give the name %s to", new_name);
    ud_buf_init(&action, ACTION_MAX);
    ud_buf_adds(&action, "/rename");
    ud_url_param(&action, "name", new_name);
    enum ud_code rc = container_post(engine, name, action.data, verb, UD_HTTP_CLEANUP, err);
    free(verb);
    ud_buf_done(&action);
    return rc;
}

enum ud_code ud_container_stop(struct ud_engine *engine, const char *name, unsigned grace_s,
                               struct ud_error *err)
{
    char action[32];
    (void)snprintf(action, sizeof action, "/stop?t=%u", grace_s);
    return container_post(engine, name, action, "stop", UD_HTTP_CLEANUP, err);
}

enum ud_code ud_container_wait(struct ud_engine *engine, const char *name, int *ret_exit_code,
                               struct ud_error *err)
{
    struct ud_buf path;
    /* next-exit would hang for one that has ended already. */
    ud_call_path(&path, engine, "/containers/", name, "/wait?condition=not-running");
    char *what = ud_strf("cannot wait for the container %s", name);
    struct ud_http_request request = {
        .method = "POST", .url = path.data, .timeout_ms = engine->exit_ms};
    const uint64_t deadline = ud_host_now_ms() + engine->exit_ms;
    cJSON *root = NULL;
    enum ud_code rc = ud_call_json(engine, &request, what, &root, err);
    if (rc != UD_OK && rc != UD_ERR_INTERRUPTED && ud_host_now_ms() >= deadline) {
        rc = ud_exit_wait_fail(what, err);
    } else if (rc == UD_OK) {
        const char *said = ud_json_text(ud_json_get(root, "Error"), "Message");
        const cJSON *status = ud_json_get(root, "StatusCode");
        if (said[0] != '\0') {
            rc = ud_api_fail(UD_ERR_ENGINE, what, said, err);
        } else if (!cJSON_IsNumber(status)) {
            rc = ud_api_fail(UD_ERR_PROTOCOL, what, "the engine names no exit code", err);
        } else {
            *ret_exit_code = status->valueint;
        }
    }
    cJSON_Delete(root);
    free(what);
    ud_buf_done(&path);
    return rc;
}
